const formats = new Map<string, Intl.DateTimeFormat>()

/** A clock of the zone that says year to minute in digits. Making one is slow, asking it is not. */
function clockIn(zone: string): Intl.DateTimeFormat {
  let format = formats.get(zone)
  if (format === undefined) {
    const two = '2-digit'
    format = new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      hourCycle: 'h23',
      ...{ year: 'numeric', month: two, day: two, hour: two, minute: two, second: two },
    })
    formats.set(zone, format)
  }
  return format
}

/** What the zone's clock shows at `at`, as if it were UTC, in ms. */
function shownAt(at: number, zone: string): number {
  const part = Object.fromEntries(
    clockIn(zone)
      .formatToParts(at)
      .map(({ type, value }) => [type, Number(value)]),
  )
  return Date.UTC(part.year!, part.month! - 1, part.day, part.hour, part.minute, part.second)
}

/** Whether browsers know the zone: an IANA name such as `Europe/London`. */
export function isZone(zone: string): boolean {
  try {
    clockIn(zone)
    return true
  } catch {
    return false
  }
}

export const isDay = (text: string): boolean =>
  /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(`${text}T00:00:00Z`))

/** The day it is in the zone at `at` (ms), as `2026-11-23`. */
export const dayAt = (at: number, zone: string): string => new Date(shownAt(at, zone)).toISOString().slice(0, 10)

export function addDays(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10)
}

/** Days from `first` to `last`; 1 when they are the same. */
export const daysBetween = (first: string, last: string): number =>
  Math.round((Date.parse(`${last}T00:00:00Z`) - Date.parse(`${first}T00:00:00Z`)) / 86_400_000) + 1

/**
 * The first moment of the day in the zone, in ms. Where clocks change at midnight there may be two midnights, or none:
 * then it is the first one, or the moment the clocks jump to.
 */
export function dayStart(day: string, zone: string): number {
  const wanted = Date.parse(`${day}T00:00:00Z`)
  const around = [wanted - 86_400_000, wanted + 86_400_000]
  const candidates = around.map((at) => wanted - (shownAt(at, zone) - at)).sort((a, b) => a - b)
  return candidates.find((at) => dayAt(at, zone) === day) ?? candidates[1]!
}
