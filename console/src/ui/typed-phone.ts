import { parsePhoneNumberFromString } from 'libphonenumber-js/min'

/**
 * A number as people write it (spaces, brackets, a zero after the country code) in the one spelling that the server takes:
 * `+1 (206) 555-0100` → `+12065550100`. Null: it has no country code, or is no number.
 */
export function typedPhone(typed: string): string | null {
  // What a number copied from elsewhere brings along is not seen: marks of the writing direction.
  const text = typed.replace(/[\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, '').trim()
  if (!/^\+[0-9\s().\-/\u2010-\u2015]+$/.test(text)) return null
  const phone = parsePhoneNumberFromString(text)
  return phone?.isPossible() ? phone.number : null
}

export const noPhone = 'This is not a number with its country code, like +12065550100.'
