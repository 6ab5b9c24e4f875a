const day = new Intl.DateTimeFormat(undefined, { weekday: 'long', day: 'numeric', month: 'long' })
const dayOfYear = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'long', year: 'numeric' })

/** The day as a heading between messages: Today, Yesterday, Monday, 3 March. */
export function dayWords(at: string, now: number): string {
  const date = new Date(at)
  const today = new Date(now)
  if (date.toDateString() === today.toDateString()) return 'Today'
  if (date.toDateString() === new Date(now - 86_400_000).toDateString()) return 'Yesterday'
  return (date.getFullYear() === today.getFullYear() ? day : dayOfYear).format(date)
}
