/** A WhatsApp message text that the provider approved, with numbered variables. */
export interface Template {
  readonly templateId: string
  readonly name: string
  readonly language: string
  readonly status: 'draft' | 'pending' | 'approved' | 'rejected' | 'paused' | 'disabled'
  readonly body: string
  readonly header: { readonly kind: 'text' | 'image' | 'video' | 'document'; readonly content: string } | null
  readonly footer: string | null
  readonly buttons: readonly {
    readonly kind: 'quick-reply' | 'url' | 'phone'
    readonly label: string
    readonly value: string
  }[]
}

/** A template as the account keeps it, with what its provider needs and said. */
export interface ManagedTemplate extends Template {
  readonly category: TemplateCategory
  /** A sample for each variable, without which no provider judges a template. */
  readonly samples: TemplateVariables
  /** The WhatsApp sender through which it is submitted; null: it is known to need no submission (the simulator's). */
  readonly senderId: string | null
  /** The provider's own id of it; null while it was never submitted. */
  readonly providerTemplateId: string | null
  /** Why it was rejected, paused or disabled, in the provider's words. */
  readonly reason: string | null
}

export const templateCategories = ['UTILITY', 'MARKETING', 'AUTHENTICATION'] as const
export type TemplateCategory = (typeof templateCategories)[number]

/** Variables as the IVR sends them: flat for the body, nested for the rich parts of a WhatsApp template. */
export interface TemplateVariables {
  readonly body: Readonly<Record<string, string>>
  readonly header: Readonly<Record<string, string>>
  readonly buttons: Readonly<Record<string, string>>
}

export const noVariables: TemplateVariables = { body: {}, header: {}, buttons: {} }

const placeholder = /\$?\{\{([0-9A-Za-z_]{1,32})\}\}/g

/** Names of the variables in `text`, in order, each once. `{{1}}` and the configuration API's `${{1}}` are the same. */
export function variablesIn(text: string): readonly string[] {
  // Most texts have none, and every eligibility request asks.
  if (!text.includes('{{')) return []
  return [...new Set([...text.matchAll(placeholder)].map((match) => match[1]!))]
}

/** Variables that `text` names and `values` lacks. */
export function missingVariables(text: string, values: Readonly<Record<string, string>>): readonly string[] {
  return variablesIn(text).filter((name) => !Object.hasOwn(values, name))
}

/** Fills `text` in a single pass: a value that itself looks like a variable stays as it is (no injection). */
export function fillVariables(text: string, values: Readonly<Record<string, string>>): string {
  return text.replace(placeholder, (whole, name: string) => (Object.hasOwn(values, name) ? values[name]! : whole))
}

/**
 * The keys of `buttonVariables` that the addresses of these buttons need, in their order. Names that differ stand for
 * themselves; where buttons all call theirs `{{1}}`, as at Meta, the first takes value `1`, the second `2`.
 */
export function buttonKeys(buttons: Template['buttons']): readonly string[] {
  const names = buttons.flatMap(({ kind, value }) => (kind === 'url' ? variablesIn(value) : []))
  return new Set(names).size === names.length ? names : names.map((_name, place) => String(place + 1))
}

/** What this template needs and `given` lacks, as the fields of `templateVariables`: `buttonVariables.2`. */
export function lackingVariables(template: Template, given: TemplateVariables): readonly string[] {
  const keys = buttonKeys(template.buttons).filter((key) => !Object.hasOwn(given.buttons, key))
  return [
    ...missingVariables(template.body, given.body),
    ...missingVariables(template.header?.content ?? '', given.header).map((name) => `headerVariables.${name}`),
    ...keys.map((key) => `buttonVariables.${key}`),
  ]
}
