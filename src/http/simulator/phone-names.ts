import { isStorable } from '../../domain/outside-data.ts'
import { parsePhone } from '../../domain/phone.ts'
import { Problem } from '../../errors.ts'

/** A phone number may come without its plus, which some tools turn into a space; null: it is a consumer's id. */
export const phoneNumber = (raw: string): string | null => parsePhone(raw) ?? parsePhone(`+${raw.trim()}`)

/**
 * What a pretend phone may be stored as, from the address of a request.
 * @throws Problem `not-found` for what no phone can be called.
 */
export function phoneNames(raw: string): readonly string[] {
  if (!isStorable(raw)) throw new Problem('not-found')
  return [...new Set([raw, phoneNumber(raw) ?? raw])]
}
