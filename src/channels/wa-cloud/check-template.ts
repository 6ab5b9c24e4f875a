import { variablesIn } from '../../domain/template.ts'
import type { NewTemplate } from '../connector.ts'
import { headerSample } from './header-sample.ts'
import { templateLanguages } from './template-languages.ts'
import { buttonValue, isPositional } from './template-parts.ts'

/** Meta's own numbers. */
const most = {
  body: 1024,
  header: 60,
  footer: 60,
  label: 25,
  url: 2000,
  phone: 20,
  buttons: 10,
  urls: 2,
  phones: 1,
} as const

const lengthOf = (text: string): number => [...text].length
const variable = /\$?\{\{[0-9A-Za-z_]{1,32}\}\}/g

/**
 * What Meta refuses at once or after its review, as sentences; empty: nothing that can be seen from here. Source: Meta's pages on
 * template components, variables and common reasons for rejection. Whether the category fits, only Meta can say.
 */
export function checkTemplate(template: NewTemplate): readonly string[] {
  return [
    ...checkHead(template),
    ...checkBody(template),
    ...checkHeader(template),
    ...checkFooter(template),
    ...checkButtons(template),
  ]
}

function checkHead({ name, language, category }: NewTemplate): string[] {
  const problems: string[] = []
  if (!/^[a-z0-9_]{1,512}$/.test(name))
    problems.push('The name may have small letters, digits and underscores only, at most 512.')
  if (!templateLanguages.has(language))
    problems.push('The language must be one of Meta’s codes, such as en, en_US, es_MX or pt_BR.')
  if (category === 'AUTHENTICATION')
    problems.push('Templates of the category AUTHENTICATION have a text of Meta’s own and cannot be made here.')
  else if (category !== 'UTILITY' && category !== 'MARKETING')
    problems.push('The category must be UTILITY or MARKETING.')
  return problems
}

function checkBody({ body, samples }: NewTemplate): string[] {
  const problems: string[] = []
  const text = body.trim()
  if (text === '') return ['The body is missing.']
  if (lengthOf(body) > most.body) problems.push(`The body may have at most ${most.body} characters.`)
  if (/\n\s*\n\s*\n|\t| {5,}/.test(body))
    problems.push('The body must not have two empty lines in a row, tabs, or more than four spaces in a row.')
  if (/^\$?\{\{\w+\}\}|\$?\{\{\w+\}\}[\p{P}\s]*$/u.test(text))
    problems.push('The body must not begin or end with a variable: put words around it.')
  if (/\}\}\s*\$?\{\{/.test(text)) problems.push('Two variables must not stand side by side: put words between them.')
  const words = text
    .replace(variable, ' ')
    .split(/\s+/)
    .filter((word) => /[\p{L}\p{N}]/u.test(word)).length
  const count = [...text.matchAll(variable)].length
  if (count > 0 && words < 2 * count + 1)
    problems.push(`The body has too many variables for its ${words} words: Meta wants more than two words for each.`)
  return [...problems, ...checkVariables('body', body, samples.body)]
}

function checkVariables(where: string, text: string, samples: Readonly<Record<string, string>>): string[] {
  const problems: string[] = []
  const names = variablesIn(text)
  if (/\{\{|\}\}/.test(text.replace(variable, '')))
    problems.push(`The ${where} has double braces that are no variable: write {{1}} or {{first_name}}.`)
  if (isPositional(names)) {
    const numbers = names.map(Number).sort((a, b) => a - b)
    if (numbers.some((number, index) => number !== index + 1))
      problems.push(`The variables of the ${where} must be numbered {{1}}, {{2}}, … without a gap.`)
  } else if (names.some((name) => /^\d+$/.test(name)))
    problems.push(`The variables of the ${where} must be all numbers or all names.`)
  else if (names.some((name) => !/^[a-z][a-z0-9_]*$/.test(name)))
    problems.push(`Names of variables in the ${where} may have small letters, digits and underscores only.`)
  for (const name of names)
    if ((samples[name] ?? '').trim() === '')
      problems.push(`The variable {{${name}}} of the ${where} needs a sample value.`)
  return problems
}

function checkHeader({ header, body, samples }: NewTemplate): string[] {
  if (header === null) return []
  if (header.kind !== 'text') {
    return headerSample({ header, samples }) !== null
      ? []
      : [
          'A header with a file needs as its sample a web address of such a file, or the handle of one at Meta ("4::aW…").',
        ]
  }
  const problems: string[] = []
  const names = variablesIn(header.content)
  if (header.content.trim() === '') problems.push('The header is empty.')
  if (lengthOf(header.content) > most.header) problems.push(`The header may have at most ${most.header} characters.`)
  if (/[\n*_~`]|\p{Extended_Pictographic}/u.test(header.content.replace(variable, '')))
    problems.push('The header must be one line without emoji and without signs of formatting (* _ ~ `).')
  if (names.length > 1) problems.push('The header may have one variable only.')
  const both = [...names, ...variablesIn(body)]
  if (!isPositional(both) && both.some((name) => /^\d+$/.test(name)) && names.length > 0)
    problems.push('The variables of header and body must be all numbers or all names.')
  return [...problems, ...checkVariables('header', header.content, samples.header)]
}

function checkFooter({ footer }: NewTemplate): string[] {
  if (footer === null) return []
  const problems: string[] = []
  if (footer.trim() === '') problems.push('The footer is empty.')
  if (lengthOf(footer) > most.footer) problems.push(`The footer may have at most ${most.footer} characters.`)
  if (/\{\{|\}\}/.test(footer)) problems.push('The footer must not have variables.')
  return problems
}

function checkButtons({ buttons, samples }: NewTemplate): string[] {
  const problems: string[] = []
  const of = (kind: NewTemplate['buttons'][number]['kind']) => buttons.filter((button) => button.kind === kind)
  if (buttons.length > most.buttons) problems.push(`There may be at most ${most.buttons} buttons.`)
  if (of('url').length > most.urls) problems.push(`There may be at most ${most.urls} buttons with an address.`)
  if (of('phone').length > most.phones) problems.push(`There may be at most ${most.phones} button with a phone number.`)
  const replies = buttons.map(({ kind }) => kind === 'quick-reply')
  if (replies.filter((reply, index) => index > 0 && reply !== replies[index - 1]).length > 1)
    problems.push('Quick replies must stand together, before or after the other buttons.')
  if (new Set(buttons.map(({ label }) => label)).size < buttons.length)
    problems.push('Two buttons must not have the same label.')
  for (const [position, { kind, label, value }] of buttons.entries()) {
    if (label.trim() === '' || lengthOf(label) > most.label || /\{\{|\n/.test(label))
      problems.push(`A button’s label must have 1 to ${most.label} characters and no variable.`)
    if (kind === 'phone' && !/^\+?[0-9]{5,20}$/.test(value))
      problems.push(`The phone number of a button must have 5 to ${most.phone} digits.`)
    if (kind !== 'url') continue
    const variables = [...value.matchAll(variable)]
    if (!URL.canParse(value.replace(variable, 'x')) || !/^https?:\/\//.test(value) || value.length > most.url)
      problems.push('The address of a button must be a web address of at most 2000 characters.')
    if (variables.length > 1 || (variables.length === 1 && !value.endsWith(variables[0]![0])))
      problems.push('The address of a button may have one variable, at its end.')
    if (variables.length > 0 && buttonValue(buttons, position, samples.buttons).trim() === '')
      problems.push(`The variable in the address of button ${position + 1} needs a sample value.`)
  }
  return problems
}
