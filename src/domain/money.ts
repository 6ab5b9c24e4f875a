/** An amount in millionths of its currency's unit: whole numbers add up exactly, however many. */
export interface Money {
  readonly micros: number
  /** ISO 4217: three capital letters. */
  readonly currency: string
}

export const currencyPattern = '^[A-Z]{3}$'
const currency = new RegExp(currencyPattern)

/**
 * A decimal as micro-units; what lies below them is rounded, half up.
 * @param text digits with or without a fraction, no sign: `0.0075`.
 * @returns null for anything else, and for 10 digits and more before the point.
 */
export function microsOf(text: string): number | null {
  const [, whole, fraction = ''] = /^([0-9]{1,9})(?:\.([0-9]{1,30}))?$/.exec(text) ?? []
  if (whole === undefined) return null
  const digits = fraction.padEnd(7, '0')
  return Number(whole) * 1_000_000 + Number(digits.slice(0, 6)) + (digits[6]! >= '5' ? 1 : 0)
}

/** Micro-units as a decimal without zeros at its end: `0.0075`. */
export function decimalOf(micros: number): string {
  const fraction = String(micros % 1_000_000)
    .padStart(6, '0')
    .replace(/0+$/, '')
  const whole = String(Math.floor(micros / 1_000_000))
  return fraction === '' ? whole : `${whole}.${fraction}`
}

/**
 * What a provider says that something cost: a decimal as text, mostly below zero because it was taken from a balance, and
 * a currency. @returns null when that is not what it says.
 */
export function moneySaid(amount: unknown, unit: unknown): Money | null {
  if (typeof amount !== 'string' || typeof unit !== 'string') return null
  const micros = microsOf(amount.replace(/^-/, ''))
  const code = unit.toUpperCase()
  return micros === null || !currency.test(code) ? null : { micros, currency: code }
}
