import type { ReportMeasure } from './report.ts'

/** By what calls can be told apart. Of an invite, what is used; before that, what would be. */
export const reportDimensions = [
  'minute',
  'hour',
  'day',
  'weekday',
  'hourOfDay',
  'channel',
  'askedChannel',
  'skill',
  'handoff',
  'ivrNumber',
  'sender',
  'country',
  'template',
  'variant',
  'reason',
  'error',
] as const
export type ReportDimension = (typeof reportDimensions)[number]

/** Those whose every value lies somewhere in a period: told apart once more when the period is another. */
export const calendarDimensions = ['minute', 'hour', 'day'] as const
export const clockDimensions = [...calendarDimensions, 'weekday', 'hourOfDay'] as const
export type ClockDimension = (typeof clockDimensions)[number]
/** Those that have an id, and a name that may change. */
export const namedDimensions = ['skill', 'handoff', 'sender', 'template'] as const
export type NamedDimension = (typeof namedDimensions)[number]

export const isCalendar = (dimension: ReportDimension): dimension is (typeof calendarDimensions)[number] =>
  (calendarDimensions as readonly string[]).includes(dimension)
export const isClock = (dimension: ReportDimension): dimension is ClockDimension =>
  (clockDimensions as readonly string[]).includes(dimension)
export const isNamed = (dimension: ReportDimension): dimension is NamedDimension =>
  (namedDimensions as readonly string[]).includes(dimension)

/** Only these calls; null in a list: those that have none. No list, or an empty one: any. */
export interface ReportFilters {
  readonly channels?: readonly (string | null)[]
  /** Ids, as of senders and templates. */
  readonly skills?: readonly (string | null)[]
  readonly handoffs?: readonly (string | null)[]
  readonly ivrNumbers?: readonly (string | null)[]
  readonly senders?: readonly (string | null)[]
  /** Two letters (ISO 3166). */
  readonly countries?: readonly (string | null)[]
  readonly templates?: readonly (string | null)[]
  readonly variants?: readonly (string | null)[]
  /** Codes of losses: why a call got no further. */
  readonly reasons?: readonly (string | null)[]
}

export interface ReportPeriod {
  /** When the calls were attempted. */
  readonly from: Date
  /** Not included. */
  readonly to: Date
}

export interface ReportQuery extends ReportPeriod {
  readonly accountId: string
  /** An IANA name. */
  readonly timeZone: string
  /** At most two. */
  readonly groupBy: readonly ReportDimension[]
  readonly filters: ReportFilters
  readonly compareWith: ReportPeriod | null
  /** Within so many times 24 hours another call of the same consumer makes a call a repeated one. */
  readonly repeatDays: number
}

/** A value of a dimension: an id with its name, a text, or a number (weekday, hour of the day). Null: none. */
export type GroupValue = string | number | null | { readonly id: string | null; readonly name: string | null }
export type ReportGroup = Readonly<Partial<Record<ReportDimension, GroupValue>>>

/** What can be counted of calls and looked behind, by the measure that counts it. */
export const countedSteps = {
  attempted: 'attempted',
  eligible: 'eligible',
  invited: 'invited',
  sent: 'sent',
  delivered: 'delivered',
  read: 'read',
  replied: 'replied',
  handled: 'taken',
  closed: 'closed',
  failed: 'failed',
  skipped: 'skipped',
  optedOut: 'opted_out',
  abandoned: 'abandoned',
  scored: 'csat_count',
} as const satisfies Record<string, ReportMeasure>
export type CountedStep = keyof typeof countedSteps

/** Shortest grain, longest window: a minute's bars are read from the calls. */
export const mostMinutesMs = 3 * 3_600_000
/** Beyond any retention. */
export const longestPeriodMs = 3_660 * 24 * 3_600_000

/**
 * What is wrong with a question, in plain sentences; empty: nothing.
 * @param name of the period in the body, for the sentence.
 */
export function periodFaults({ from, to }: ReportPeriod, name: string, groupBy: readonly ReportDimension[]): string[] {
  const span = to.getTime() - from.getTime()
  if (Number.isNaN(span)) return [`${name}\`from\` and ${name}\`to\` must be times that there are.`]
  if (span <= 0) return [`${name}\`to\` must be after ${name}\`from\`.`]
  if (span > longestPeriodMs) return [`The period ${name}must be at most ten years.`]
  if (groupBy.includes('minute') && span > mostMinutesMs)
    return [`Told apart by minute, a period ${name}is at most three hours.`]
  return []
}
