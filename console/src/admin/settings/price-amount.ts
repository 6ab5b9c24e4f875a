/**
 * A price as a person types it, in millionths of its unit: `0.0079` or `0,0079`.
 * @returns null when it is none, or has more than six digits after the point.
 */
export function microsOf(text: string): number | null {
  const [, whole, fraction = ''] = /^([0-9]{1,4})(?:[.,]([0-9]{1,6}))?$/.exec(text.trim()) ?? []
  if (whole === undefined) return null
  return Number(whole) * 1_000_000 + Number(fraction.padEnd(6, '0'))
}

/** As written in the reader's language, with as many digits as it has: prices of messages are fractions of a cent. */
export function priceInWords({ micros, currency }: { readonly micros: number; readonly currency: string }): string {
  const digits = { minimumFractionDigits: 2, maximumFractionDigits: 6 }
  try {
    return (micros / 1_000_000).toLocaleString(undefined, { style: 'currency', currency, ...digits })
  } catch {
    return `${(micros / 1_000_000).toLocaleString(undefined, digits)} ${currency}`
  }
}
