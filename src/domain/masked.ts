/** A consumer's number or id with only its end to tell it from others: `••••4567`. Short ones show nothing. */
export function masked(address: string): string {
  return address.length > 8 ? `••••${address.slice(-4)}` : '••••'
}
