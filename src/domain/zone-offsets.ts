/** From a moment on, until the next one's: how far local time is ahead of UTC. */
export interface ZoneOffset {
  /** Milliseconds since 1970. */
  readonly since: number
  readonly shiftMs: number
}

const dayMs = 24 * 3_600_000

/**
 * The offsets of a time zone over a span of time, the first from the span's begin on. They are found here and handed to
 * the database, so that one list of zones decides and not two.
 * @param timeZone an IANA name that Intl knows.
 */
export function zoneOffsets(timeZone: string, from: Date, until: Date): readonly ZoneOffset[] {
  const shiftAt = shiftsOf(timeZone)
  const found: ZoneOffset[] = [{ since: from.getTime(), shiftMs: shiftAt(from.getTime()) }]
  for (let at = from.getTime(); at < until.getTime(); at += dayMs) {
    const next = Math.min(at + dayMs, until.getTime())
    const before = found.at(-1)!.shiftMs
    if (shiftAt(next) === before) continue
    const since = turn(shiftAt, at, next, before)
    if (since < until.getTime()) found.push({ since, shiftMs: shiftAt(since) })
  }
  return found
}

/** The first whole second between the two at which the clock is no longer shifted by `before`. */
function turn(shiftAt: (at: number) => number, from: number, until: number, before: number): number {
  let [low, high] = [Math.floor(from / 1000), Math.ceil(until / 1000)]
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2)
    if (shiftAt(middle * 1000) === before) low = middle
    else high = middle
  }
  return high * 1000
}

const formats = new Map<string, Intl.DateTimeFormat>()
const mostFormats = 600

function shiftsOf(timeZone: string): (at: number) => number {
  let format = formats.get(timeZone)
  if (format === undefined) {
    format = new Intl.DateTimeFormat('en-u-ca-gregory-nu-latn', {
      timeZone,
      hourCycle: 'h23',
      ...{ year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric', second: 'numeric' },
    })
    if (formats.size < mostFormats) formats.set(timeZone, format)
  }
  const known = format
  return (at) => {
    const part = Object.fromEntries(known.formatToParts(at).map(({ type, value }) => [type, Number(value)]))
    const local = Date.UTC(part.year!, part.month! - 1, part.day!, part.hour!, part.minute!, part.second!)
    return local - Math.floor(at / 1000) * 1000
  }
}

/** Offset of a moment; `offsets` as `zoneOffsets` found them. */
export function shiftOf(offsets: readonly ZoneOffset[], at: number): number {
  let shiftMs = offsets[0]!.shiftMs
  for (const offset of offsets) {
    if (offset.since > at) break
    shiftMs = offset.shiftMs
  }
  return shiftMs
}

/** `+02:00`, with seconds where an old zone has some. */
export function offsetLabel(shiftMs: number): string {
  const seconds = Math.abs(Math.round(shiftMs / 1000))
  const two = (value: number) => String(value).padStart(2, '0')
  const label = `${shiftMs < 0 ? '-' : '+'}${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}`
  return seconds % 60 === 0 ? label : `${label}:${two(seconds % 60)}`
}
