import type { AutoTexts } from '../shapes.ts'

/**
 * Parts a form's changes into texts and the rest. A form keeps each text as a field of its own, so that only those are sent
 * which were touched: a colleague may have saved another one meanwhile.
 */
export function textChange<T extends Partial<AutoTexts>>(
  changes: T,
): Omit<T, keyof AutoTexts> & { readonly texts?: Partial<AutoTexts> } {
  const { firstAnswer, outOfHours, waiting, survey, ...rest } = changes
  const given = Object.entries({ firstAnswer, outOfHours, waiting, survey }).filter(([, text]) => text !== undefined)
  return given.length === 0 ? rest : { ...rest, texts: Object.fromEntries(given) }
}
