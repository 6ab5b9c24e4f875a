import type { Template } from '../shapes.ts'

export type TemplateDraft = Omit<Template, 'templateId' | 'status' | 'reason' | 'providerTemplateId' | 'sender'> & {
  sender: string
}

export const blankTemplate: TemplateDraft = {
  name: '',
  language: 'en',
  category: 'UTILITY',
  sender: '',
  body: '',
  header: null,
  footer: null,
  buttons: [],
  samples: { body: {}, header: {}, buttons: {} },
}

const placeholder = /\$?\{\{([0-9A-Za-z_]{1,32})\}\}/g

/** Names of the variables in a text, each once. */
export const variablesOf = (text: string): readonly string[] => [
  ...new Set([...text.matchAll(placeholder)].map((match) => match[1]!)),
]

/** The variables of a template's three parts: each needs a sample, or nobody judges it. */
export const variablesOfParts = ({ body, header, buttons }: TemplateDraft) =>
  [
    ['body', variablesOf(body)],
    ['header', variablesOf(header?.content ?? '')],
    ['buttons', variablesOf(buttons.map(({ value }) => value).join(' '))],
  ] as const

/** What WhatsApp would refuse, said beside the field while one types; the server has the last word. */
export function templateFaults(draft: TemplateDraft): Partial<Record<'name' | 'language' | 'body' | 'footer', string>> {
  const faults: Partial<Record<'name' | 'language' | 'body' | 'footer', string>> = {}
  if (draft.name !== '' && !/^[a-z0-9_]{1,512}$/.test(draft.name))
    faults.name = 'Small letters, digits and underscores only.'
  if (!/^[a-z]{2,3}(_[A-Za-z]{2,4})?$/.test(draft.language)) faults.language = 'A code such as en or en_US.'
  if ([...draft.body].length > 1_024) faults.body = `${[...draft.body].length} of at most 1,024 characters.`
  const wrong = numberingFault(variablesOf(draft.body))
  if (wrong !== null) faults.body = wrong
  if (draft.footer !== null && variablesOf(draft.footer).length > 0) faults.footer = 'A footer cannot have variables.'
  if ([...(draft.footer ?? '')].length > 60) faults.footer = 'At most 60 characters.'
  return faults
}

function numberingFault(variables: readonly string[]): string | null {
  const numbers = variables.filter((name) => /^[0-9]+$/.test(name))
  if (numbers.length > 0 && numbers.length < variables.length) return 'Variables are all numbers or all names.'
  if (numbers.some((name) => Number(name) < 1 || Number(name) > numbers.length))
    return 'Variables are numbered from 1 without a gap.'
  return null
}
