import { isTimeZone } from './time-zone.ts'

export const weekdays = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const
export type Weekday = (typeof weekdays)[number]

/** Part of a day on the wall clock, "HH:MM": `from` included, `to` not; "24:00" is the day's end. */
export interface OpenSpan {
  readonly from: string
  readonly to: string
}

/** When a skill's agents are there. A night over midnight is two spans that meet. */
export interface OpeningHours {
  /** IANA name. */
  readonly timeZone: string
  /** A day without spans is closed. */
  readonly weekly: { readonly [D in Weekday]?: readonly OpenSpan[] | undefined }
  /** Days that go by their own spans instead of the week's; none: closed all day. */
  readonly holidays: readonly {
    readonly date: string
    readonly name?: string | undefined
    readonly open: readonly OpenSpan[]
  }[]
}

/** The open or closed time that `now` lies in. Null: it began, or ends, beyond the days looked at. */
export interface OpeningState {
  readonly open: boolean
  readonly since: Date | null
  readonly until: Date | null
}

/** Days looked at on either side: the longest works holiday, and more than a week. */
const daysAround = 31
const minuteMs = 60_000
const dayMs = 86_400_000
const formats = new Map<string, Intl.DateTimeFormat>()

/** The wall clock of a zone: date "YYYY-MM-DD" and time "HH:MM". */
export function wallClock(at: Date, timeZone: string): { date: string; time: string } {
  let format = formats.get(timeZone)
  if (format === undefined) {
    // The Swedish way of writing a date is the one that sorts.
    const digits = { year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit' } as const
    format = new Intl.DateTimeFormat('sv-SE', { timeZone, ...digits, hourCycle: 'h23' })
    formats.set(timeZone, format)
  }
  const [date = '', time = ''] = format.format(at).split(' ')
  return { date, time }
}

/** The spans of one day of the calendar. */
function spansOf(hours: OpeningHours, date: string): readonly OpenSpan[] {
  const holiday = hours.holidays.find((day) => day.date === date)
  if (holiday !== undefined) return holiday.open
  const weekday = weekdays[(new Date(`${date}T00:00:00Z`).getUTCDay() + 6) % 7]!
  return hours.weekly[weekday] ?? []
}

/** Whether a skill is open at `now`; null hours are always open. */
export function isOpen(hours: OpeningHours | null, now: Date): boolean {
  if (hours === null) return true
  const { date, time } = wallClock(now, hours.timeZone)
  return spansOf(hours, date).some(({ from, to }) => from <= time && time < to)
}

/** Whether a skill is open, since when and until when. */
export function openingState(hours: OpeningHours | null, now: Date): OpeningState {
  if (hours === null) return { open: true, since: null, until: null }
  const today = Date.parse(`${wallClock(now, hours.timeZone).date}T00:00:00Z`)
  const spans: { from: Date; to: Date }[] = []
  for (let day = -daysAround; day <= daysAround; day += 1) {
    const date = new Date(today + day * dayMs).toISOString().slice(0, 10)
    for (const { from, to } of [...spansOf(hours, date)].sort((a, b) => (a.from < b.from ? -1 : 1))) {
      const begins = instantOf(date, from, hours.timeZone)
      const ends = instantOf(date, to, hours.timeZone)
      const before = spans.at(-1)
      // Spans that meet are one time: nobody goes home at midnight.
      if (before !== undefined && begins <= before.to) before.to = ends > before.to ? ends : before.to
      else if (ends > begins) spans.push({ from: begins, to: ends })
    }
  }
  const current = spans.find((span) => span.from <= now && now < span.to)
  if (current !== undefined) {
    const isEnd = spans.at(-1) === current && current.to.getTime() > today + daysAround * dayMs
    return { open: true, since: current.from, until: isEnd ? null : current.to }
  }
  const since = spans.findLast((span) => span.to <= now)?.to ?? null
  return { open: false, since, until: spans.find((span) => span.from > now)?.from ?? null }
}

/** The moment at which a zone's wall clock shows this. A time that a change of the clock leaves out is the moment of the change. */
export function instantOf(date: string, time: string, timeZone: string): Date {
  const [hour = 0, minute = 0] = time.split(':').map(Number)
  const wanted = Date.parse(`${date}T00:00:00Z`) + (hour * 60 + minute) * 60_000
  const shownAt = (at: number): number => {
    const shown = wallClock(new Date(at), timeZone)
    return Date.parse(`${shown.date}T${shown.time}:00Z`)
  }
  // Each zone's offset is below a day and changes seldom: the second look is at the right offset.
  const first = wanted + wanted - shownAt(wanted)
  const second = first + wanted - shownAt(first)
  if (shownAt(second) === wanted) return new Date(second)
  // It is left out. One look went by the offset before the change, the other by that after it: the change lies between them.
  let [before, after] = [Math.min(first, second), Math.max(first, second)]
  while (after - before > minuteMs) {
    const middle = before + Math.floor((after - before) / 2 / minuteMs) * minuteMs
    if (shownAt(middle) < wanted) before = middle
    else after = middle
  }
  return new Date(after)
}

const timeOfDay = /^([01][0-9]|2[0-3]):[0-5][0-9]$|^24:00$/

/** What is wrong with opening hours, each a sentence for the administrator; empty: nothing. */
export function checkOpeningHours(hours: OpeningHours | null): readonly string[] {
  if (hours === null) return []
  const faults: string[] = []
  if (!isTimeZone(hours.timeZone)) faults.push('The time zone must be a name such as Europe/London.')
  const days = [...weekdays.map((day) => hours.weekly[day] ?? []), ...hours.holidays.map((day) => day.open)]
  if (days.some((spans) => spans.some(({ from, to }) => !timeOfDay.test(from) || !timeOfDay.test(to) || from >= to))) {
    faults.push('Opening hours go from one time to a later one of the same day, each like 09:00; a day ends at 24:00.')
  }
  if (days.some(overlap)) faults.push('The opening hours of one day must not overlap.')
  if (hours.holidays.some(({ date }) => !isDate(date))) faults.push('A holiday is a date like 2026-12-25.')
  if (new Set(hours.holidays.map(({ date }) => date)).size < hours.holidays.length) {
    faults.push('Each holiday can be named once.')
  }
  return faults
}

const overlap = (spans: readonly OpenSpan[]) =>
  [...spans].sort((a, b) => (a.from < b.from ? -1 : 1)).some((span, n, all) => n > 0 && span.from < all[n - 1]!.to)

function isDate(text: string): boolean {
  const at = new Date(`${text}T00:00:00Z`)
  return /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(at.getTime()) && at.toISOString().startsWith(text)
}
