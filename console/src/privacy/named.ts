/** By what a person is looked for; kept by the page alone, since nobody's number belongs in an address. */
export interface Named {
  readonly phone: string | null
  readonly consumerId: string | null
  readonly linked: boolean
}

/** A number begins with a plus; whatever else was typed is the brand's own id of somebody. */
export function namedBy(typed: string, linked: boolean): Named | null {
  const text = typed.trim()
  if (text === '') return null
  return text.startsWith('+') ? { phone: text, consumerId: null, linked } : { phone: null, consumerId: text, linked }
}
