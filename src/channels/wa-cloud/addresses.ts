import { textOf } from './call-graph.ts'

/** A business-scoped user id: country, dot, letters and digits. Parent ids (`US.ENT.…`) are nobody's address. */
const userId = /^[A-Z]{2}\.[0-9A-Za-z]{1,128}$/

export function isUserId(address: string): boolean {
  return userId.test(address)
}

/** Meta's number (`16505551234`, sometimes with a plus) as E.164; '' for anything else. */
export function phoneOf(value: unknown): string {
  const digits = textOf(value).replace(/^\+/, '')
  return /^[1-9]\d{4,14}$/.test(digits) ? `+${digits}` : ''
}

/** A business-scoped user id from a webhook or an answer; '' for anything else. */
export function userIdOf(value: unknown): string {
  const text = textOf(value)
  return isUserId(text) ? text : ''
}

/** The field that names the recipient: `recipient` for a user id, `to` with digits alone for a number. */
export function recipientOf(address: string): { readonly to: string } | { readonly recipient: string } {
  return isUserId(address) ? { recipient: address } : { to: address.replace(/^\+/, '') }
}
