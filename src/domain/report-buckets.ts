import type { ClockDimension, ReportPeriod } from './report-query.ts'
import { offsetLabel, type ZoneOffset } from './zone-offsets.ts'

const minuteMs = 60_000
const unitsMs = { minute: minuteMs, hour: 60 * minuteMs, day: 24 * 60 * minuteMs }
const lengths = { minute: 16, hour: 16, day: 10 }
/** More are never shown. */
const most = 20_000

/**
 * All that a dimension of time has in a period, in order, whether calls fall there or not: days as `2026-10-25`, hours and
 * minutes with the offset of then (`2026-10-25T02:00+02:00`), since an hour comes twice when summer time ends; weekdays from
 * Monday, 1.
 */
export function bucketsOf(
  dimension: ClockDimension,
  { from, to }: ReportPeriod,
  offsets: readonly ZoneOffset[],
): readonly (string | number)[] {
  if (dimension === 'weekday') return [1, 2, 3, 4, 5, 6, 7]
  if (dimension === 'hourOfDay') return Array.from({ length: 24 }, (_, hour) => hour)
  const unitMs = unitsMs[dimension]
  const found = new Set<string>()
  offsets.forEach(({ since, shiftMs }, place) => {
    const begin = Math.max(since, from.getTime()) + shiftMs
    const end = Math.min(offsets[place + 1]?.since ?? to.getTime(), to.getTime()) + shiftMs
    for (let at = Math.floor(begin / unitMs) * unitMs; at < end && found.size < most; at += unitMs) {
      const label = new Date(at).toISOString().slice(0, lengths[dimension])
      found.add(dimension === 'day' ? label : `${label}${offsetLabel(shiftMs)}`)
    }
  })
  return [...found]
}
