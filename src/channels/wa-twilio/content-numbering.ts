import { fillVariables, type Template, type TemplateVariables, variablesIn } from '../../domain/template.ts'

/**
 * Twilio's contents have one numbering for all their variables, where a template of ours has one for its body, one for its
 * header and one for its buttons. The rule, which SETUP.md repeats for contents made in Twilio's console:
 *
 *  1. the body's variables: `{{1}}`, `{{2}}` keep their numbers; names are numbered in the order in which they appear;
 *  2. then the header's, from the next number on;
 *  3. then those of the buttons with an address, button by button.
 */
export interface NumberedContent {
  readonly body: string
  readonly header: string | null
  /** The buttons' values, in the template's order. */
  readonly buttons: readonly string[]
  readonly variables: readonly ContentVariable[]
}

export interface ContentVariable {
  readonly number: number
  readonly part: keyof TemplateVariables
  /** Under which the value stands in the part's `TemplateVariables`. */
  readonly key: string
}

export function numberContent(template: Pick<Template, 'body' | 'header' | 'buttons'>): NumberedContent {
  const variables: ContentVariable[] = []
  const next = (): number => Math.max(0, ...variables.map(({ number }) => number)) + 1
  const body = inOrder(variablesIn(template.body))
  const keepsNumbers = body.every(isNumber)
  for (const key of body) variables.push({ part: 'body', key, number: keepsNumbers ? Number(key) : next() })
  for (const key of inOrder(variablesIn(template.header?.content ?? '')))
    variables.push({ part: 'header', key, number: next() })

  const buttons = template.buttons.map((button, place) => {
    const names = button.kind === 'url' ? variablesIn(button.value) : []
    const numbers = names.map((name) => {
      const number = next()
      variables.push({ part: 'buttons', key: buttonKey(template.buttons, place, name), number })
      return [name, `{{${number}}}`] as const
    })
    return fillVariables(button.value, Object.fromEntries(numbers))
  })
  const inPart = (part: ContentVariable['part'], text: string): string =>
    fillVariables(
      text,
      Object.fromEntries(variables.filter((one) => one.part === part).map(({ key, number }) => [key, `{{${number}}}`])),
    )
  return {
    body: inPart('body', template.body),
    header: template.header === null ? null : inPart('header', template.header.content),
    buttons,
    variables,
  }
}

/** The values under their content numbers, and what is missing of them: `header.1`. */
export function valuesByNumber(
  variables: readonly ContentVariable[],
  given: TemplateVariables,
): { readonly values: Readonly<Record<string, string>>; readonly missing: readonly string[] } {
  const has = ({ part, key }: ContentVariable): boolean => Object.hasOwn(given[part], key)
  return {
    values: Object.fromEntries(variables.filter(has).map(({ part, key, number }) => [number, given[part][key]!])),
    missing: variables.filter((variable) => !has(variable)).map(({ part, key }) => `${part}.${key}`),
  }
}

/**
 * Each button's own variable may be called `{{1}}`, as at Meta: then the first such button takes value 1, the second value 2.
 * Names that differ stand for themselves.
 */
function buttonKey(buttons: Template['buttons'], place: number, name: string): string {
  const named = buttons
    .map(({ kind, value }, index) => ({ index, names: kind === 'url' ? variablesIn(value) : [] }))
    .filter(({ names }) => names.length > 0)
  const all = named.flatMap(({ names }) => names)
  if (new Set(all).size === all.length) return name
  return String(named.findIndex(({ index }) => index === place) + 1)
}

function inOrder(names: readonly string[]): readonly string[] {
  return names.every(isNumber) ? [...names].sort((one, other) => Number(one) - Number(other)) : names
}

const isNumber = (name: string): boolean => /^[1-9]\d{0,2}$/.test(name)
