import { Tooltip } from '@mantine/core'
import { useNow } from './use-now.ts'

const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto', style: 'short' })
const exact = new Intl.DateTimeFormat(undefined, { dateStyle: 'full', timeStyle: 'long' })
const clock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' })
const day = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short' })
const dayOfYear = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short', year: 'numeric' })

const steps: readonly (readonly [Intl.RelativeTimeFormatUnit, number])[] = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
]

/** `at` as somebody would say it: "5 min. ago"; the exact time, in the viewer's zone, on hover and for screen readers. */
export function Time({ at, clockOnly = false }: { at: string; clockOnly?: boolean }) {
  const now = useNow(30_000)
  const date = new Date(at)
  return (
    <Tooltip label={exact.format(date)}>
      <time dateTime={at}>{clockOnly ? clockOf(date, now) : ago(date, now)}</time>
    </Tooltip>
  )
}

/** The exact time in words, in the viewer's zone. */
export const exactTime = (at: string): string => exact.format(new Date(at))

/** The time of the day, where the day stands above. */
export const clockTime = (at: string): string => clock.format(new Date(at))

/** The time of the day, with the day when it is another one. */
export function clockOf(date: Date, now: number): string {
  const sameDay = new Date(now).toDateString() === date.toDateString()
  return sameDay ? clock.format(date) : `${day.format(date)}, ${clock.format(date)}`
}

export function ago(date: Date, now: number): string {
  const seconds = Math.round((date.getTime() - now) / 1000)
  if (Math.abs(seconds) < 45) return 'just now'
  if (Math.abs(seconds) > 7 * 86_400) {
    return (new Date(now).getFullYear() === date.getFullYear() ? day : dayOfYear).format(date)
  }
  for (const [unit, length] of steps) {
    if (Math.abs(seconds) >= length || unit === 'minute') {
      return relative.format(Math.trunc(seconds / length) || Math.sign(seconds), unit)
    }
  }
  return 'just now'
}
