import { isSupportedCountry, type PhoneNumber, parsePhoneNumberFromString } from 'libphonenumber-js/max'

/** The published API's limit, the plus sign included. */
const longestPhone = 15
const shape = /^\+[1-9][0-9]{1,13}$/
/**
 * Every number of North America's plan has ten digits after the 1, and its area code begins with 2 to 9; more the library
 * does not ask, but takes 15 µs to say so, a tenth of what a whole eligibility request costs.
 */
const northAmerican = /^\+1[2-9][0-9]{9}$/

/** The number asked about last: a request asks for its form and then for its kind. */
let last: { raw: string; phone: PhoneNumber | undefined } = { raw: '', phone: undefined }

function read(raw: string): PhoneNumber | undefined {
  if (last.raw !== raw) last = { raw, phone: parsePhoneNumberFromString(raw, { extract: false }) }
  return last.phone
}

/**
 * The one normaliser of consumers' numbers: every door and every webhook goes through it, so that no other spelling of
 * a number dodges an opt-out or a cap. E.164 has one spelling for one number: a plus and ASCII digits; a number with
 * anything more (spaces, `tel:`, extensions, digits of other scripts, a trunk zero after the country) is none.
 * *Possible* is enough: the published example `+12061234567` is not assigned to anybody.
 * @returns the number as it was given, or null when it is none.
 */
export function parsePhone(raw: unknown): string | null {
  if (typeof raw !== 'string' || raw.length > longestPhone || !shape.test(raw)) return null
  if (northAmerican.test(raw)) return raw
  const phone = read(raw)
  return phone?.number === raw && phone.isPossible() ? raw : null
}

/** What the numbering plan alone says of a number. `unclear`: it does not tell (all of North America, for one). */
export type NumberKind =
  | 'mobile'
  | 'landline'
  | 'toll-free'
  | 'premium'
  | 'satellite'
  | 'voip'
  | 'pager'
  | 'other'
  | 'unclear'

/** Codes of no country: Inmarsat 870, satellite systems 881, international networks 882 and 883 (many of them satellite). */
const satelliteCodes: ReadonlySet<string> = new Set(['870', '881', '882', '883'])

/** The kind of `phone`, which `parsePhone` has let through, from the numbering plans that libphonenumber carries. */
export function numberKind(phone: string): NumberKind {
  const parsed = read(phone)
  if (parsed === undefined) return 'unclear'
  if (satelliteCodes.has(parsed.countryCallingCode)) return 'satellite'
  if (parsed.countryCallingCode === '979') return 'premium'
  switch (parsed.getType()) {
    case 'MOBILE':
      return 'mobile'
    case 'FIXED_LINE':
      return 'landline'
    case 'TOLL_FREE':
      return 'toll-free'
    case 'PREMIUM_RATE':
    case 'SHARED_COST':
      return 'premium'
    case 'VOIP':
      return 'voip'
    case 'PAGER':
      return 'pager'
    case 'UAN':
    case 'VOICEMAIL':
      return 'other'
    default:
      // Personal numbers (UK 070, parts of NANP 5XX) are forwarded anywhere; fixed-or-mobile and unassigned tell nothing.
      return 'unclear'
  }
}

/**
 * Whether a text may go to this number at all. A caller id can be forged, and a text to a premium or satellite number
 * makes money for whoever owns it; neither is a consumer's phone. Emergency numbers are too short to be `parsePhone`d.
 */
export function destinationAllowed(phone: string): boolean {
  if (northAmerican.test(phone)) return !phone.startsWith('+1900')
  const kind = numberKind(phone)
  return kind !== 'premium' && kind !== 'satellite'
}

/** Whether these are the two letters (ISO 3166) of a country that has telephones. */
export function isCountry(code: string): boolean {
  return isSupportedCountry(code)
}
