import { parsePhoneNumberFromString } from 'libphonenumber-js/min'

const known = new Map<string, string>()

/** `+12065551004` → `+1 206 555 1004`; anything that is no number is given back. */
export function formatPhone(number: string): string {
  if (!/^\+[0-9]{5,15}$/.test(number)) return number
  let text = known.get(number)
  if (text === undefined) {
    text = parsePhoneNumberFromString(number)?.formatInternational() ?? number
    if (known.size > 5_000) known.clear()
    known.set(number, text)
  }
  return text
}
