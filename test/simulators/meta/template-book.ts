import type { SimulatedBusiness, SimulatedTemplate, TemplateState } from './options.ts'

type Json = Readonly<Record<string, unknown>>

export interface StoredTemplate extends Omit<SimulatedTemplate, 'status'> {
  readonly id: string
  readonly wabaId: string
  status: TemplateState
  reason: string
}

export interface TemplateBook {
  add(wabaId: string, template: SimulatedTemplate): StoredTemplate
  find(wabaId: string, name: string, language?: string): StoredTemplate | undefined
  /** Oldest first. */
  of(wabaId: string): readonly StoredTemplate[]
  remove(template: StoredTemplate): void
  /** Back to what each business began with. */
  reset(): void
}

export function templateBook(businesses: readonly SimulatedBusiness[]): TemplateBook {
  let templates: StoredTemplate[] = []
  const add = (wabaId: string, template: SimulatedTemplate): StoredTemplate => {
    const id = `9200703526${String(templates.length + 46140).padStart(6, '0')}`
    const stored = { ...template, id, wabaId, reason: 'NONE' }
    templates.push(stored)
    return stored
  }
  const reset = (): void => {
    templates = []
    for (const business of businesses) for (const template of business.templates ?? []) add(business.wabaId, template)
  }
  reset()
  return {
    add,
    reset,
    remove: (template) => {
      templates = templates.filter((other) => other !== template)
    },
    find: (wabaId, name, language) =>
      templates.find(
        (template) =>
          template.wabaId === wabaId &&
          template.name === name &&
          (language === undefined || template.language === language),
      ),
    of: (wabaId) => templates.filter((template) => template.wabaId === wabaId),
  }
}

const placeholder = /\{\{(\w+)\}\}/g
const namesIn = (text: unknown): string[] => [
  ...new Set([...String(text ?? '').matchAll(placeholder)].map((match) => match[1]!)),
]
const partsOf = (value: unknown): Json[] => (Array.isArray(value) ? (value as Json[]) : [])

/** Error subcode with which Meta refuses a new template at once; null: it goes into review. */
export function templateFault(components: readonly Json[]): { subcode: number; details: string } | null {
  const body = components.find((part) => String(part.type).toUpperCase() === 'BODY')
  const text = String(body?.text ?? '').trim()
  if (text === '') return { subcode: 2388039, details: 'The body is missing' }
  if (/^\{\{\w+\}\}|\{\{\w+\}\}$/.test(text))
    return { subcode: 2388299, details: 'Variables cannot be at the start or end of the template' }
  const names = namesIn(text)
  const example = (body?.example ?? {}) as { body_text?: unknown[][]; body_text_named_params?: unknown[] }
  const samples = example.body_text_named_params?.length ?? example.body_text?.[0]?.length ?? 0
  if (samples !== names.length) return { subcode: 2388043, details: 'The body needs an example for each variable' }
  const words = text.replace(placeholder, '').split(/\s+/).filter(Boolean).length
  if (names.length > 0 && words < 2 * names.length + 1)
    return { subcode: 2388293, details: 'The template has too many variables for its length' }
  for (const part of components)
    if (String(part.type) === 'HEADER' && part.format !== 'TEXT') {
      const { header_handle: handle } = (part.example ?? {}) as { header_handle?: unknown[] }
      if (!/^\d+:/.test(String(handle?.[0] ?? ''))) return { subcode: 2388273, details: 'Invalid header handle' }
    }
  return null
}

/** Code with which a message with this template is refused; null: it fits. */
export function messageFault(template: StoredTemplate, sent: unknown): number | null {
  const parts = partsOf(sent)
  for (const type of ['BODY', 'HEADER']) {
    const component = template.components.find((part) => String(part.type).toUpperCase() === type)
    const given = partsOf(parts.find((part) => part.type === type.toLowerCase())?.parameters)
    const isFile = type === 'HEADER' && component !== undefined && component.format !== 'TEXT'
    const names = isFile ? ['1'] : namesIn(component?.text)
    if (given.length !== names.length) return isFile ? 132012 : 132000
    if (isFile && given[0]!.type !== String(component.format).toLowerCase()) return 132012
    if (isFile) continue
    const named = names.some((name) => !/^\d+$/.test(name))
    if (named && names.some((name) => !given.some((value) => value.parameter_name === name))) return 132000
    if (given.some((value) => String(value.text ?? '') === '')) return 131008
    if (given.some((value) => /[\n\t]| {5,}/.test(String(value.text)))) return 132018
  }
  const buttons = template.components.flatMap((part) =>
    String(part.type).toUpperCase() === 'BUTTONS' ? partsOf(part.buttons) : [],
  )
  for (const [index, button] of buttons.entries()) {
    const given = parts.find((part) => part.type === 'button' && String(part.index) === String(index))
    if (namesIn(button.url).length > 0 && given === undefined) return 131008
    if (given !== undefined && String(given.sub_type).toUpperCase() !== button.type) return 132012
  }
  return null
}
