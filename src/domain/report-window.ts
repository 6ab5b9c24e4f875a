const hourMs = 3_600_000
const dayMs = 24 * hourMs

/**
 * A span of time as it is answered: whole days (UTC) from the sums of days, whole hours beside them from the sums of hours,
 * and what is left at both ends, less than an hour each, from the calls themselves.
 */
export interface ReportWindow {
  readonly from: Date
  /** Not included, as everywhere here. */
  readonly until: Date
  readonly hoursFrom: Date
  readonly hoursUntil: Date
  readonly daysFrom: Date
  readonly daysUntil: Date
}

/** @param options.days false: nothing from the sums of days, for whoever wants to know more than they tell. */
export function reportWindow(from: Date, until: Date, options: { days: boolean } = { days: true }): ReportWindow {
  const [hoursFrom, hoursUntil] = whole(from, until, hourMs)
  const [daysFrom, daysUntil] = options.days ? whole(hoursFrom, hoursUntil, dayMs) : [hoursUntil, hoursUntil]
  return { from, until, hoursFrom, hoursUntil, daysFrom, daysUntil }
}

/** The whole units within; none: an empty span at the end. */
function whole(from: Date, until: Date, unitMs: number): readonly [Date, Date] {
  const first = Math.ceil(from.getTime() / unitMs) * unitMs
  const last = Math.floor(until.getTime() / unitMs) * unitMs
  return first < last ? [new Date(first), new Date(last)] : [until, until]
}
