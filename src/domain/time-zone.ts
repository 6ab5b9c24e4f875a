/** Whether `name` is a zone that knows summer time, such as "Europe/London". */
export function isTimeZone(name: string): boolean {
  // An offset such as +02:00 is let through by Intl but says nothing about summer time.
  if (!/^[A-Za-z]/.test(name)) return false
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== ''
  } catch {
    return false
  }
}
