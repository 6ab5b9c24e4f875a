import { typedPhone } from '../ui/typed-phone.ts'

/** By what a person is looked for; kept by the page alone, since nobody's number belongs in an address. */
export interface Named {
  readonly phone: string | null
  readonly consumerId: string | null
  readonly linked: boolean
}

/**
 * Whose number or id was typed; null when it is none. Which of the two it is, whoever types says: taken for an id, a number
 * without its country code would be answered "nothing is held", which is no true answer.
 */
export function namedBy(kind: 'phone' | 'consumerId', typed: string, linked: boolean): Named | null {
  const text = kind === 'phone' ? typedPhone(typed) : typed.trim()
  if (text === null || text === '') return null
  return { phone: null, consumerId: null, linked, [kind]: text }
}
