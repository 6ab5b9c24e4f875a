import {
  fillVariables,
  missingVariables,
  type Template,
  type TemplateVariables,
  variablesIn,
} from '../../domain/template.ts'
import { SendFailure } from '../failures.ts'

type Parameter = Readonly<Record<string, unknown>>

export interface TemplatePart {
  readonly type: 'header' | 'body' | 'button'
  readonly sub_type?: 'url' | 'quick_reply'
  readonly index?: string
  readonly parameters: readonly Parameter[]
}

/** `{{1}}`, `{{2}}`: Meta takes the values in their order. Anything else is a template with names. */
export function isPositional(names: readonly string[]): boolean {
  return names.every((name) => /^\d+$/.test(name))
}

/** Names in the order in which Meta takes positional values. */
export function inOrder(names: readonly string[]): readonly string[] {
  return isPositional(names) ? [...names].sort((a, b) => Number(a) - Number(b)) : names
}

/**
 * The variable parts of one message with this template; what is static in it stays out.
 * A quick-reply button gives its `value` back as its payload; for addresses see `buttonValue`.
 * @throws SendFailure `template-rejected` when a variable has no value, which Meta would refuse too.
 */
export function templateParts(template: Template, variables: TemplateVariables): readonly TemplatePart[] {
  const header = headerParameters(template.header, variables.header)
  const body = textParameters(template.body, variables.body)
  return [
    ...(header.length > 0 ? [{ type: 'header', parameters: header } as const] : []),
    ...(body.length > 0 ? [{ type: 'body', parameters: body } as const] : []),
    ...buttonParts(template.buttons, variables.buttons),
  ]
}

function headerParameters(header: Template['header'], values: Readonly<Record<string, string>>): readonly Parameter[] {
  if (header === null) return []
  if (header.kind === 'text') return textParameters(header.content, values)
  const { content } = header
  if (missingVariables(content, values).length > 0) throw missing()
  const hasVariable = variablesIn(content).length > 0
  const link = hasVariable ? fillVariables(content, values) : (Object.values(values)[0] ?? content)
  // What the administrator wrote may be Meta's handle of the sample file, which is no address.
  if (!/^https:\/\//.test(link)) throw missing()
  const fileName = header.kind === 'document' ? fileNameIn(link) : undefined
  return [{ type: header.kind, [header.kind]: { link, ...(fileName ? { filename: fileName } : {}) } }]
}

function textParameters(text: string, values: Readonly<Record<string, string>>): readonly Parameter[] {
  const names = variablesIn(text)
  const named = !isPositional(names)
  return inOrder(names).map((name) => ({
    type: 'text',
    ...(named ? { parameter_name: name } : {}),
    text: oneLine(filledIn(values, name)),
  }))
}

function buttonParts(buttons: Template['buttons'], values: Readonly<Record<string, string>>): readonly TemplatePart[] {
  return buttons.flatMap((button, position): readonly TemplatePart[] => {
    const index = String(position)
    if (button.kind === 'quick-reply' && button.value !== '') {
      const parameters = [{ type: 'payload', payload: button.value }]
      return [{ type: 'button', sub_type: 'quick_reply', index, parameters }]
    }
    if (button.kind !== 'url' || variablesIn(button.value).length === 0) return []
    const text = buttonValue(buttons, position, values)
    if (text === '') throw missing()
    return [{ type: 'button', sub_type: 'url', index, parameters: [{ type: 'text', text }] }]
  })
}

/**
 * The value of the variable in one button's address; '' when there is none. Names that differ stand for themselves; buttons that
 * all call theirs `{{1}}`, as at Meta, take theirs by place: the first button with a variable `1`, the second `2`.
 */
export function buttonValue(
  buttons: Template['buttons'],
  position: number,
  values: Readonly<Record<string, string>>,
): string {
  const all = buttons.flatMap(({ kind, value }, index) =>
    kind === 'url' ? variablesIn(value).map((name) => ({ name, index })) : [],
  )
  const place = all.findIndex(({ index }) => index === position)
  const name = all[place]?.name ?? ''
  const shared = all.filter((other) => other.name === name).length > 1
  const key = shared && Object.hasOwn(values, String(place + 1)) ? String(place + 1) : name
  return Object.hasOwn(values, key) ? values[key]! : ''
}

function filledIn(values: Readonly<Record<string, string>>, name: string): string {
  const value = Object.hasOwn(values, name) ? values[name]! : ''
  if (value === '') throw missing()
  return value
}

const missing = () =>
  new SendFailure('template-rejected', {
    detail: 'A variable of the template has no value; nothing was asked of Meta.',
  })

/** Meta refuses line breaks, tabs and more than four spaces in a row inside a value (132018). */
function oneLine(value: string): string {
  return value.replace(/[\r\n\t]+/g, ' ').replace(/ {5,}/g, '    ')
}

/** The last piece of the path, so that the consumer sees a name and not "untitled". */
function fileNameIn(link: string): string | undefined {
  const name = URL.canParse(link) ? decodeURIComponentLoosely(new URL(link).pathname.split('/').at(-1) ?? '') : ''
  return /^[^\p{Cc}/\\]{1,240}$/u.test(name) ? name : undefined
}

function decodeURIComponentLoosely(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
