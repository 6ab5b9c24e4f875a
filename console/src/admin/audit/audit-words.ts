import type { Answer } from '../../api.ts'
import { same } from '../use-draft.ts'

export type Entry = Answer<'GET /api/admin/accounts/{accountId}/audit'>['entries'][number]

const nouns: Readonly<Record<string, string>> = {
  account: 'Account',
  'api-key': 'API key',
  app: 'App',
  'app-install': 'App',
  'canned-reply': 'Canned reply',
  handoff: 'Handoff',
  internal: 'Internal user and app',
  'opt-out': 'Opt-out',
  person: 'Consumer',
  price: 'Price',
  sender: 'Sender',
  settings: 'Settings',
  skill: 'Skill',
  stop: 'Stop switch',
  template: 'Template',
  user: 'Person',
  webhook: 'Webhook endpoint',
}
const verbs: Readonly<Record<string, string>> = {
  create: 'added',
  change: 'changed',
  delete: 'deleted',
  renew: 'given new secrets',
  set: 'set',
  submit: 'submitted',
  lift: 'lifted',
  replay: 'told again',
  erase: 'to be erased',
  erased: 'erased',
  export: 'exported',
  password: 'given a new password',
}

/** `handoff.change` → "Handoff changed". */
export function actionWords(action: string): string {
  const [noun = '', verb = ''] = action.split('.')
  return `${nouns[noun] ?? noun} ${verbs[verb] ?? verb}`
}

/** What the changes are about, to choose from. */
export function nounsOf(entries: readonly Entry[]): { value: string; label: string }[] {
  const named = [...new Set(entries.map(({ action }) => action.split('.')[0] ?? ''))]
  return named.map((value) => ({ value, label: nouns[value] ?? value })).sort((a, b) => (a.label < b.label ? -1 : 1))
}

export interface Change {
  readonly field: string
  readonly before: string | null
  readonly after: string | null
}

/** The fields that differ, each from what to what; null: it was, or is, not there. */
export function changesOf({ before, after }: Entry): readonly Change[] {
  const [was, is] = [fieldsOf(before), fieldsOf(after)]
  const names = [...new Set([...Object.keys(was), ...Object.keys(is)])]
  return names
    .filter((field) => !same(was[field], is[field]))
    .map((field) => ({ field: wordsOf(field), before: shownValue(was[field]), after: shownValue(is[field]) }))
}

/** What it is called, for the line; null: nothing names it. */
export function titleOf({ before, after }: Entry): string | null {
  const fields = { ...fieldsOf(before), ...fieldsOf(after) }
  const title = fields.title ?? fields.name ?? fields.email ?? fields.shortcut
  return typeof title === 'string' ? title : null
}

const fieldsOf = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {}

/** `lookbackMinutes` → "lookback minutes". */
const wordsOf = (field: string) => field.replace(/([a-z])([A-Z])/g, '$1 $2').toLowerCase()

function shownValue(value: unknown): string | null {
  if (value === undefined || value === null) return null
  if (typeof value === 'string') return value
  if (typeof value === 'boolean') return value ? 'yes' : 'no'
  return JSON.stringify(value, null, 1).replaceAll(/\s+/g, ' ')
}
