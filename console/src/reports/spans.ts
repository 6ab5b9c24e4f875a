import { addDays, dayAt, dayStart, daysBetween, isDay } from './zone-days.ts'

/** Spans by name, in the order in which they are offered. `days` is whichever days were typed. */
export const spanWords = {
  live: 'Last 60 minutes, live',
  today: 'Today',
  yesterday: 'Yesterday',
  '7d': 'Last 7 days',
  '28d': 'Last 28 days',
  '90d': 'Last 90 days',
  month: 'This month',
  'last-month': 'Last month',
  days: 'Other days…',
} as const
export type SpanName = keyof typeof spanWords

export const compareWords = {
  none: 'Nothing',
  before: 'The time before',
  year: 'A year before, same weekdays',
  days: 'Other days…',
} as const
export type CompareName = keyof typeof compareWords

/** A span of time in ms; `to` does not belong to it. */
export interface Span {
  readonly from: number
  readonly to: number
}

/** Days from the first to the last, both of them whole; null: the last 60 minutes. */
export interface DaySpan {
  readonly first: string
  readonly last: string
}

const minuteMs = 60_000

/** The days that a name means at `now` in the zone. What was typed and is no day, or backwards, falls back to 7 days. */
export function daysOf(name: SpanName, typed: DaySpan, now: number, zone: string): DaySpan | null {
  const today = dayAt(now, zone)
  const back = (days: number) => ({ first: addDays(today, -days), last: today })
  switch (name) {
    case 'live':
      return null
    case 'today':
      return back(0)
    case 'yesterday':
      return { first: addDays(today, -1), last: addDays(today, -1) }
    case '7d':
      return back(6)
    case '28d':
      return back(27)
    case '90d':
      return back(89)
    case 'month':
      return { first: `${today.slice(0, 7)}-01`, last: today }
    case 'last-month': {
      const last = addDays(`${today.slice(0, 7)}-01`, -1)
      return { first: `${last.slice(0, 7)}-01`, last }
    }
    case 'days':
      return isDay(typed.first) && isDay(typed.last) && typed.first <= typed.last ? typed : back(6)
  }
}

/** The span in ms. The last 60 minutes are whole ones and the one that has begun. */
export function spanOf(days: DaySpan | null, now: number, zone: string): Span {
  if (days === null) {
    const minute = Math.floor(now / minuteMs) * minuteMs
    return { from: minute - 59 * minuteMs, to: minute + minuteMs }
  }
  return { from: dayStart(days.first, zone), to: dayStart(addDays(days.last, 1), zone) }
}

/** The days to compare with: as many as there are. A year is 52 weeks, so that Mondays meet Mondays. */
export function comparedDaysOf(name: CompareName, typedFirst: string, days: DaySpan): DaySpan | null {
  const length = daysBetween(days.first, days.last)
  const moved = (by: number) => ({ first: addDays(days.first, by), last: addDays(days.last, by) })
  switch (name) {
    case 'none':
      return null
    case 'before':
      return moved(-length)
    case 'year':
      return moved(-364)
    case 'days':
      return isDay(typedFirst) ? { first: typedFirst, last: addDays(typedFirst, length - 1) } : null
  }
}

/**
 * What a span is compared with. A span that is not over is compared only as far as it has come (to the minute), else
 * this morning would always have lost against the whole of yesterday.
 */
export function comparedSpanOf(
  name: CompareName,
  typedFirst: string,
  days: DaySpan | null,
  now: number,
  zone: string,
): Span | null {
  const span = spanOf(days, now, zone)
  if (days === null) {
    if (name === 'none') return null
    return { from: span.from - 60 * minuteMs, to: span.from }
  }
  const compared = comparedDaysOf(name, typedFirst, days)
  if (compared === null) return null
  const whole = spanOf(compared, now, zone)
  if (now >= span.to || now <= span.from) return whole
  const come = Math.ceil((now - span.from) / minuteMs) * minuteMs
  return { from: whole.from, to: Math.min(whole.to, whole.from + come) }
}

const withYear = new Intl.DateTimeFormat(undefined, {
  timeZone: 'UTC',
  day: 'numeric',
  month: 'short',
  year: 'numeric',
})

/** Days as people write them: `17 – 23 Nov 2026`; a single day by its own. */
export function dayWords({ first, last }: DaySpan): string {
  return withYear.formatRange(Date.parse(`${first}T00:00:00Z`), Date.parse(`${last}T00:00:00Z`))
}
