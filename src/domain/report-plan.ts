import { reportWindow } from './report-window.ts'
import type { ZoneOffset } from './zone-offsets.ts'

const hourMs = 3_600_000
const dayMs = 24 * hourMs

/** What a report tells apart by the local clock. Days and weekdays: `day`; hours and hours of the day: `hour`. */
export type ReportGrain = 'none' | 'day' | 'hour' | 'minute'

export interface Span {
  readonly from: Date
  /** Not included, as everywhere here. */
  readonly until: Date
}

/**
 * What a report is read from: sums of hours and days (UTC), and the calls themselves where a sum would be on both sides of
 * a border: at the ends of the window, and where a local day or hour does not begin with an hour of UTC.
 */
export interface ReportPlan {
  /** Read from the calls: apart from each other, in order. */
  readonly spans: readonly Span[]
  readonly hoursFrom: Date
  readonly hoursUntil: Date
  /** Whole days among the hours. Empty: from = until. */
  readonly daysFrom: Date
  readonly daysUntil: Date
  /** Hours within that are read from the calls instead. */
  readonly splitHours: readonly Date[]
}

/**
 * @param offsets of the zone over the window.
 * @param options.days whether sums of days know all that is asked.
 */
export function planReport(
  { from, until }: Span,
  grain: ReportGrain,
  offsets: readonly ZoneOffset[],
  options: { readonly days: boolean },
): ReportPlan {
  const nothing = { hoursFrom: until, hoursUntil: until, daysFrom: until, daysUntil: until, splitHours: [] }
  if (grain === 'minute') return { ...nothing, spans: [{ from, until }] }
  const isUtc = offsets.every(({ shiftMs }) => shiftMs === 0)
  const days = options.days && (grain === 'none' || (grain === 'day' && isUtc))
  const window = reportWindow(from, until, { days })
  if (window.hoursFrom >= window.hoursUntil) return { ...nothing, spans: from < until ? [{ from, until }] : [] }
  const inside = { from: window.hoursFrom, until: window.hoursUntil }
  const split = grain === 'none' ? [] : splitHours(inside, grain, offsets)
  const spans = [
    { from, until: window.hoursFrom },
    ...split.map((at) => ({ from: new Date(at), until: new Date(at + hourMs) })),
    { from: window.hoursUntil, until },
  ]
  // All hours are cut: there are sums of none.
  if (split.length * hourMs === inside.until.getTime() - inside.from.getTime())
    return { ...nothing, spans: [{ from, until }] }
  return {
    spans: joined(spans),
    ...{ hoursFrom: window.hoursFrom, hoursUntil: window.hoursUntil },
    ...{ daysFrom: window.daysFrom, daysUntil: window.daysUntil },
    splitHours: split.map((at) => new Date(at)),
  }
}

/** Hours of UTC, each once and in order, that local time cuts. */
function splitHours(inside: Span, grain: 'day' | 'hour', offsets: readonly ZoneOffset[]): readonly number[] {
  const found = new Set<number>()
  const [from, until] = [inside.from.getTime(), inside.until.getTime()]
  const note = (at: number) => {
    if (at > from && at < until && at % hourMs !== 0) found.add(Math.floor(at / hourMs) * hourMs)
  }
  offsets.forEach(({ since, shiftMs }, place) => {
    const [begin, end] = [Math.max(since, from), Math.min(offsets[place + 1]?.since ?? until, until)]
    // Where the clock is turned within an hour.
    if (place > 0) note(since)
    const unitMs = grain === 'day' ? dayMs : hourMs
    if (shiftMs % hourMs === 0) return
    for (let border = Math.floor((begin + shiftMs) / unitMs) * unitMs - shiftMs; border < end; border += unitMs)
      if (border >= begin) note(border)
  })
  return [...found].toSorted((a, b) => a - b)
}

function joined(spans: readonly Span[]): readonly Span[] {
  const found: Span[] = []
  for (const span of spans) {
    const last = found.at(-1)
    if (span.from >= span.until) continue
    if (last !== undefined && last.until.getTime() === span.from.getTime())
      found[found.length - 1] = { from: last.from, until: span.until }
    else found.push(span)
  }
  return found
}
