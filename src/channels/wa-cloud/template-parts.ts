import { type Template, type TemplateVariables, variablesIn } from '../../domain/template.ts'
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
 * A URL button takes the value of its own place among the buttons that have a variable: the first one `buttons.1`, the second
 * `buttons.2`. A quick-reply button gives its `value` back as its payload.
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
  // What the administrator gave may be Meta's handle of the sample file, which is no address.
  const link = Object.values(values)[0] ?? (/^https:\/\//.test(header.content) ? header.content : undefined)
  if (link === undefined) throw missing()
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
  let place = 0
  return buttons.flatMap((button, position): readonly TemplatePart[] => {
    const index = String(position)
    if (button.kind === 'quick-reply' && button.value !== '') {
      const parameters = [{ type: 'payload', payload: button.value }]
      return [{ type: 'button', sub_type: 'quick_reply', index, parameters }]
    }
    if (button.kind !== 'url' || variablesIn(button.value).length === 0) return []
    place += 1
    return [
      {
        type: 'button',
        sub_type: 'url',
        index,
        parameters: [{ type: 'text', text: filledIn(values, String(place)) }],
      },
    ]
  })
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
