import type { AccountConfig } from './account.ts'
import { type ManagedTemplate, templateCategories, variablesIn } from './template.ts'

/** What an administrator writes of a template. */
export type TemplateDraft = Pick<
  ManagedTemplate,
  'name' | 'language' | 'category' | 'body' | 'header' | 'footer' | 'buttons' | 'samples' | 'senderId'
>

/** The platform's limits in characters, the same whoever stands between (providers 2.6). */
const most = { body: 1024, header: 60, footer: 60, label: 25, value: 2000, buttons: 10, sample: 1024 }

/**
 * What stops a template from being saved, whoever its provider is: the rest only matters when it is submitted, and its
 * connector says it then.
 * @returns sentences; empty: nothing.
 */
export function checkTemplate(draft: TemplateDraft, config: Pick<AccountConfig, 'senders'>): readonly string[] {
  const faults: string[] = []
  const { header, footer, buttons } = draft
  if (!/^[a-z0-9_]{1,512}$/.test(draft.name))
    faults.push('The name may hold small letters, digits and underscores only, at most 512.')
  if (!/^[a-z]{2,3}(_[A-Za-z]{2,4})?$/.test(draft.language))
    faults.push('The language must be a code such as en or en_US.')
  if (!templateCategories.includes(draft.category))
    faults.push(`The category must be one of ${templateCategories.join(', ')}.`)
  if (config.senders.get(draft.senderId ?? '')?.channel !== 'wa')
    faults.push('A template needs a WhatsApp sender, through which it is submitted.')
  within(faults, 'The body', draft.body, most.body)
  if (header !== null) {
    within(faults, 'The header', header.content, header.kind === 'text' ? most.header : most.value)
    if (variablesIn(header.content).length > 1) faults.push('The header can have one variable.')
  }
  if (footer !== null) {
    within(faults, 'The footer', footer, most.footer)
    if (variablesIn(footer).length > 0) faults.push('The footer cannot have variables.')
  }
  if (buttons.length > most.buttons) faults.push(`A template can have at most ${most.buttons} buttons.`)
  for (const button of buttons) {
    within(faults, 'The label of a button', button.label, most.label)
    within(faults, 'The value of a button', button.value, most.value)
  }
  return [...faults, ...checkVariables(draft)]
}

function checkVariables({ body, header, buttons, samples }: TemplateDraft): readonly string[] {
  const faults: string[] = []
  const parts = [
    ['body', body, samples.body],
    ['header', header?.content ?? '', samples.header],
    ['buttons', buttons.map(({ value }) => value).join(' '), samples.buttons],
  ] as const
  for (const [part, text, given] of parts) {
    const names = variablesIn(text)
    const numbers = names.filter((name) => /^[0-9]+$/.test(name))
    if (numbers.length > 0 && numbers.length < names.length)
      faults.push(`The variables of the ${part} must be all numbers or all names.`)
    else if (numbers.some((name) => Number(name) < 1 || Number(name) > numbers.length))
      faults.push(`The variables of the ${part} must be numbered from 1 without a gap.`)
    for (const name of names) {
      const sample = Object.hasOwn(given, name) ? given[name]! : ''
      if (sample.trim() === '' || sample.length > most.sample || /[\n\r\t]/.test(sample))
        faults.push(`The variable {{${name}}} of the ${part} needs a sample, one line of text.`)
    }
  }
  return faults
}

function within(faults: string[], what: string, text: string, longest: number): void {
  if (text.trim() === '') faults.push(`${what} must not be empty.`)
  if ([...text].length > longest) faults.push(`${what} must not exceed ${longest} characters.`)
}

/** Approved texts stay as the provider knows them, and one in review is being judged: both are left alone. */
export const mayChangeTemplate = (status: ManagedTemplate['status']): boolean =>
  status === 'draft' || status === 'rejected'
