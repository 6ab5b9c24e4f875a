import { variablesIn } from '../../domain/template.ts'
import type { NewTemplate } from '../connector.ts'
import { numberContent } from './content-numbering.ts'

/** WhatsApp's own numbers, as Twilio's Content API repeats them. */
const most = { body: 1024, header: 60, footer: 60, label: 25, reply: 20, url: 2000, buttons: 10, urls: 2, phones: 1 }

const variable = /\$?\{\{[0-9A-Za-z_]{1,32}\}\}/g
const lengthOf = (text: string): number => [...text].length
const anyVariable = (text: string): boolean => /\{\{|\}\}/.test(text)

/**
 * What Twilio refuses at once or WhatsApp after its review, as sentences; empty: nothing that can be seen from here.
 * Sources: Twilio's pages on content types and on template approval, Meta's on components and reasons for rejection.
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

function checkHead({ name, language, category }: NewTemplate): readonly string[] {
  const problems: string[] = []
  if (!/^[a-z0-9_]{1,512}$/.test(name))
    problems.push('The name may have small letters, digits and underscores only, at most 512.')
  if (!/^[a-z]{2,3}(_[A-Z]{2,3})?$/.test(language))
    problems.push('The language must be a code such as en, en_US or pt_BR.')
  if (category === 'AUTHENTICATION')
    problems.push('Templates of the category AUTHENTICATION have a text of WhatsApp’s own and cannot be made here.')
  return problems
}

function checkBody({ body, samples }: NewTemplate): readonly string[] {
  const problems: string[] = []
  const text = body.trim()
  if (text === '') return ['The body is missing.']
  if (lengthOf(body) > most.body) problems.push(`The body may have at most ${most.body} characters.`)
  if (/\n\s*\n\s*\n|\t| {5,}/.test(body))
    problems.push('The body must not have two empty lines in a row, tabs, or more than four spaces in a row.')
  if (/^\$?\{\{\w+\}\}|\$?\{\{\w+\}\}[\p{P}\s]*$/u.test(text))
    problems.push('The body must not begin or end with a variable: put words around it.')
  if (/\}\}\s*\$?\{\{/.test(text)) problems.push('Two variables must not stand side by side: put words between them.')
  return [...problems, ...checkVariables('body', body, samples.body)]
}

function checkVariables(where: string, text: string, samples: Readonly<Record<string, string>>): readonly string[] {
  const problems: string[] = []
  const names = variablesIn(text)
  if (anyVariable(text.replace(variable, '')))
    problems.push(`The ${where} has double braces that are no variable: write {{1}} or {{first_name}}.`)
  const numbers = names.filter((name) => /^\d+$/.test(name)).map(Number)
  if (numbers.length > 0 && numbers.length < names.length)
    problems.push(`The variables of the ${where} must be all numbers or all names.`)
  else if (numbers.sort((one, other) => one - other).some((number, index) => number !== index + 1))
    problems.push(`The variables of the ${where} must be numbered {{1}}, {{2}}, … without a gap.`)
  for (const name of names)
    if ((samples[name] ?? '').trim() === '')
      problems.push(`The variable {{${name}}} of the ${where} needs a sample value.`)
  return problems
}

function checkHeader({ header, samples }: NewTemplate): readonly string[] {
  if (header === null) return []
  const problems: string[] = []
  const { kind, content } = header
  if (content.trim() === '') return ['The header is empty.']
  if (variablesIn(content).length > 1) problems.push('The header may have one variable only.')
  if (kind === 'text') {
    if (lengthOf(content) > most.header) problems.push(`The header may have at most ${most.header} characters.`)
    if (/[\n*_~`]|\p{Extended_Pictographic}/u.test(content.replace(variable, '')))
      problems.push('The header must be one line without emoji and without signs of formatting (* _ ~ `).')
  } else if (!isWebAddress(content))
    problems.push(
      'The header’s file must be a public https address; a variable in it must come after the host, as in https://cdn.example.com/{{1}}.',
    )
  return [...problems, ...checkVariables('header', content, samples.header)]
}

function checkFooter({ footer }: NewTemplate): readonly string[] {
  if (footer === null) return []
  const problems: string[] = []
  if (footer.trim() === '') problems.push('The footer is empty.')
  if (lengthOf(footer) > most.footer) problems.push(`The footer may have at most ${most.footer} characters.`)
  if (anyVariable(footer)) problems.push('The footer must not have variables.')
  return problems
}

function checkButtons({ buttons, samples }: NewTemplate): readonly string[] {
  const problems: string[] = []
  const count = (kind: NewTemplate['buttons'][number]['kind']) =>
    buttons.filter((button) => button.kind === kind).length
  if (buttons.length > most.buttons) problems.push(`There may be at most ${most.buttons} buttons.`)
  if (count('url') > most.urls) problems.push(`There may be at most ${most.urls} buttons with an address.`)
  if (count('phone') > most.phones) problems.push(`There may be at most ${most.phones} button with a phone number.`)
  if (new Set(buttons.map(({ label }) => label)).size < buttons.length)
    problems.push('Two buttons must not have the same label.')
  for (const { kind, label, value } of buttons) {
    const longest = kind === 'quick-reply' ? most.reply : most.label
    if (label.trim() === '' || lengthOf(label) > longest || /\n/.test(label) || anyVariable(label))
      problems.push(`The label of this button must have 1 to ${longest} characters and no variable: ${label}.`)
    if (kind === 'phone' && !/^\+[1-9][0-9]{6,14}$/.test(value))
      problems.push('The phone number of a button must begin with + and the country code.')
    if (kind === 'quick-reply' && anyVariable(value))
      problems.push('What a quick-reply button gives back must not have variables.')
    if (kind === 'url') problems.push(...checkAddress(value))
  }
  const addresses = buttons.filter(({ kind }) => kind === 'url').map(({ value }) => value)
  for (const { key } of numberContent({ body: '', header: null, buttons }).variables)
    if ((samples.buttons[key] ?? '').trim() === '')
      problems.push(`The variable ${key} of the buttons needs a sample value.`)
  return addresses.some((value) => anyVariable(value.replace(variable, '')))
    ? [...problems, 'The address of a button has double braces that are no variable: write {{1}}.']
    : problems
}

function checkAddress(value: string): readonly string[] {
  const variables = [...value.matchAll(variable)]
  const problems: string[] = []
  if (!/^https?:\/\//.test(value) || !URL.canParse(value.replace(variable, 'x')) || value.length > most.url)
    problems.push(`The address of a button must be a web address of at most ${most.url} characters.`)
  if (variables.length > 1 || (variables.length === 1 && !value.endsWith(variables[0]![0])))
    problems.push('The address of a button may have one variable, at its end.')
  return problems
}

/** Twilio fills a variable in the path only, never the host. */
function isWebAddress(content: string): boolean {
  return /^https:\/\/[^/{}\s]+\//.test(content) && URL.canParse(content.replace(variable, 'x'))
}
