import { funnelSteps, type LossFacts } from '../domain/losses.ts'
import { type ClockDimension, type CountedStep, countedSteps, type ReportFilters } from '../domain/report-query.ts'
import { dimensionSql } from './dimension-sql.ts'

/** Makes a value a parameter of the statement, and says how it stands there. */
export type Bind = (value: unknown) => string

const columns = {
  channels: 'channel',
  skills: 'skill_id::text',
  handoffs: 'handoff_id',
  ivrNumbers: 'ivr_number',
  senders: 'sender_id::text',
  countries: 'country',
  templates: 'template_id::text',
  variants: 'variant',
} as const satisfies Record<Exclude<keyof ReportFilters, 'reasons'>, string>

export const isAny = (list: readonly unknown[] | undefined): boolean => list === undefined || list.length === 0

/** What filters let through, as a condition; reasons apart, which SQL does not know. Null stands in a list as ''. */
export function filterSql(filters: ReportFilters, bind: Bind): string {
  const conditions = Object.entries(columns).flatMap(([name, column]) => {
    const list = filters[name as keyof typeof columns]
    return isAny(list) ? [] : [`coalesce(${column}, '') = any(${bind(list!.map((value) => value ?? ''))}::text[])`]
  })
  return conditions.length === 0 ? 'true' : conditions.join(' and ')
}

/** Which of the calls a number counts: those behind it. */
export interface CallConditions {
  readonly step: CountedStep | null
  /** That came at least so far: place in `funnelSteps`. */
  readonly reached: number | null
  /** That came so far and no further. */
  readonly stoppedAt: number | null
  /** Null: any. No value of it: none has one. */
  readonly askedChannel: { readonly is: string | null } | null
  /** Null: whatever became of them. */
  readonly facts: readonly LossFacts[] | null
  readonly clock: Readonly<Partial<Record<ClockDimension, string | number>>>
}

/** As conditions on the columns of `counted`, and on `connector` when it looks at what became of the calls. */
export function conditionSql(conditions: CallConditions, bind: Bind, options: { readonly clock: boolean }): string {
  const { step, reached, stoppedAt, askedChannel, facts } = conditions
  const found: string[] = []
  if (step !== null) found.push(`${countedSteps[step]} <> 0`)
  if (reached !== null) found.push(`reached >= ${Math.min(reached, funnelSteps.length)}`)
  if (stoppedAt !== null) found.push(`reached = ${stoppedAt}`)
  if (askedChannel !== null) found.push(`asked_channel is not distinct from ${bind(askedChannel.is)}::text`)
  if (facts !== null) found.push(factsSql(facts, bind))
  if (options.clock) found.push(...Object.entries(conditions.clock).map(([name, value]) => clockSql(name, value, bind)))
  return found.length === 0 ? 'true' : found.join(' and ')
}

/** Hours and minutes with their offset: two of the same name are told apart by it. */
function clockSql(name: string, value: string | number, bind: Bind): string {
  const sql = dimensionSql[name as ClockDimension]
  if (name === 'weekday' || name === 'hourOfDay') return `${sql} = ${bind(Number(value))}::int`
  const [, label, sign, hours, minutes, seconds] = /^(.{16})([+-])(\d\d):(\d\d)(?::(\d\d))?$/.exec(String(value)) ?? []
  if (name === 'day' || label === undefined) return `${sql} = ${bind(String(value))}::text`
  const shift = (Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds ?? 0)
  return `${sql} = ${bind(label)}::text and shift_seconds = ${bind(sign === '-' ? -shift : shift)}::float8`
}

function factsSql(facts: readonly LossFacts[], bind: Bind): string {
  const list = (value: (one: LossFacts) => string | number | null, type: string) =>
    `${bind(facts.map(value))}::${type}[]`
  return `exists (select from unnest(${list(({ reached }) => reached, 'int')}, ${list(({ loss }) => loss, 'text')},
    ${list(({ channel }) => channel, 'text')}, ${list(({ connector }) => connector, 'text')},
    ${list(({ source }) => source, 'text')}, ${list(({ code }) => code, 'text')}, ${list(({ stage }) => stage, 'text')})
    as wanted (reached, loss, channel, connector, source, code, stage)
    where wanted.reached = told_of.reached and wanted.loss is not distinct from told_of.loss
      and wanted.channel is not distinct from told_of.channel and wanted.connector is not distinct from told_of.connector
      and wanted.source is not distinct from told_of.error_source and wanted.code is not distinct from told_of.error_code
      and wanted.stage is not distinct from told_of.error_stage)`
}
