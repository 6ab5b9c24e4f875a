import { isRecord } from './outside-data.ts'
import { noVariables, type TemplateVariables } from './template.ts'

/** The longest text a channel takes as a whole; a variable cannot be longer. */
const longestValue = 1_600
const mostVariables = 50
const name = /^[0-9A-Za-z_]{1,32}$/
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for.
const control = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/

/**
 * Reads the body's `templateVariables`: a flat map of texts for `{{1}}`, `{{2}}`, …, with `headerVariables` and
 * `buttonVariables` nested inside. A value is one line of text: a line break in it could pass for the brand's own words,
 * and WhatsApp refuses it.
 * @returns the variables, or every fault: "templateVariables.1 must be a string". Values are never repeated in a fault.
 */
export function parseTemplateVariables(raw: unknown): { variables: TemplateVariables; faults: readonly string[] } {
  if (raw === undefined) return { variables: noVariables, faults: [] }
  if (!isRecord(raw)) return { variables: noVariables, faults: ['templateVariables must be an object'] }
  const faults: string[] = []
  const { headerVariables, buttonVariables, ...body } = raw
  const variables = {
    body: readMap(body, 'templateVariables', faults),
    header: readMap(headerVariables, 'templateVariables.headerVariables', faults),
    buttons: readMap(buttonVariables, 'templateVariables.buttonVariables', faults),
  }
  return { variables: faults.length === 0 ? variables : noVariables, faults }
}

function readMap(raw: unknown, at: string, faults: string[]): Readonly<Record<string, string>> {
  if (raw === undefined) return {}
  if (!isRecord(raw)) {
    faults.push(`${at} must be an object`)
    return {}
  }
  const entries = Object.entries(raw)
  if (entries.length > mostVariables) faults.push(`${at} must have at most ${mostVariables} variables`)
  for (const [key, value] of entries) {
    if (!name.test(key)) faults.push(`${at} has a variable whose name is not made of letters, digits and _`)
    else if (typeof value !== 'string') faults.push(`${at}.${key} must be a string`)
    else if (value.length > longestValue) faults.push(`${at}.${key} must be at most ${longestValue} characters long`)
    else if (control.test(value) || !value.isWellFormed()) faults.push(`${at}.${key} must be one line of text`)
  }
  return Object.fromEntries(entries) as Record<string, string>
}
