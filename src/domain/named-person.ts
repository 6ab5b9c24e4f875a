import { outsideId } from './consumer-text.ts'
import { parsePhone } from './phone.ts'

/** By what a person is named: a number, the brand's own id of them in its app, or both. */
export interface NamedPerson {
  /** E.164. */
  readonly phone: string | null
  readonly consumerId: string | null
  /**
   * Whether what stands together with the name belongs to the same person: consumer ids that called from the number,
   * numbers that called with the id. Addresses that a provider has for the same consumer always do.
   */
  readonly linked: boolean
}

/**
 * Reads a name as a person writes it: spaces and dashes in a number are none of it.
 * @returns the faults, each a sentence, when it names nobody.
 */
export function readNamedPerson(raw: {
  readonly phone?: string | null
  readonly consumerId?: string | null
  readonly linked?: boolean
}): NamedPerson | { readonly faults: readonly string[] } {
  const { phone = null, consumerId = null, linked = true } = raw
  if (phone === null && consumerId === null) return { faults: ['Name the person by `phone` or by `consumerId`.'] }
  const number = phone === null ? null : parsePhone(phone.replace(/[\s().-]/g, ''))
  const id = consumerId === null ? null : outsideId(consumerId)
  const faults = [
    ...(phone !== null && number === null
      ? ['`phone` must be a number with its country code, like +12065550100.']
      : []),
    ...(consumerId !== null && id === null ? ['`consumerId` must be one line of at most 255 characters.'] : []),
  ]
  return faults.length > 0 ? { faults } : { phone: number, consumerId: id, linked }
}
