import { textOf } from './call-graph.ts'

/** No time in seconds is that large before the year 5138, and none in milliseconds that small after 1973. */
const millisecondsFrom = 100_000_000_000

/** Meta's time: seconds as text or number, and now and then milliseconds. Null for anything else. */
export function timeOf(value: unknown): Date | null {
  const given = textOf(value)
  if (!/^\d{1,15}$/.test(given) || Number(given) === 0) return null
  const number = Number(given)
  const at = new Date(number >= millisecondsFrom ? number : number * 1000)
  return Number.isNaN(at.getTime()) ? null : at
}
