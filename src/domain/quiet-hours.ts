import type { AccountSettings } from './account.ts'

/** Making a formatter costs far more than using it. Zones come from settings, so there are few. */
const formats = new Map<string, Intl.DateTimeFormat>()

/** The wall clock in `timeZone` (IANA name) as "HH:MM". */
function wallClock(now: Date, timeZone: string): string {
  let format = formats.get(timeZone)
  if (format === undefined) {
    format = new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })
    formats.set(timeZone, format)
  }
  return format.format(now)
}

/**
 * Whether `now` is inside the brand's quiet hours: `from` included, `to` not. `from` later than `to` crosses midnight;
 * `from` equal to `to` is no time at all.
 */
export function isQuiet(quietHours: AccountSettings['quietHours'], now: Date): boolean {
  if (quietHours === null) return false
  const { from, to } = quietHours
  const time = wallClock(now, quietHours.timeZone)
  return from <= to ? from <= time && time < to : time >= from || time < to
}
