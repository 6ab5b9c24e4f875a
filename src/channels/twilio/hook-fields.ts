import type { RawHook } from '../connector.ts'
import { jsonObject } from './call-twilio.ts'

export type HookFields =
  | { readonly kind: 'form'; readonly fields: Readonly<Record<string, string | readonly string[]>> }
  | {
      readonly kind: 'json'
      readonly fields: Readonly<Record<string, string | readonly string[]>>
      readonly text: string
    }
  | { readonly kind: 'none' }

/**
 * A webhook's parameters, read the one way that both the signature check and the parser use: what was not signed can
 * then not be read. A GET has its parameters in the URL, which is signed whole; a body of another type is not read.
 */
export function hookFields(hook: RawHook): HookFields {
  const type = hook.headers['content-type']?.split(';')[0]?.trim().toLowerCase() ?? ''
  if (hook.method === 'GET') return { kind: 'form', fields: formFields(new URL(hook.url).searchParams) }
  if (type === 'application/x-www-form-urlencoded')
    return { kind: 'form', fields: formFields(new URLSearchParams(hook.body.toString('utf8'))) }
  if (type !== 'application/json') return { kind: 'none' }
  const text = hook.body.toString('utf8')
  const fields = empty()
  for (const [name, value] of Object.entries(jsonObject(text) ?? {}))
    if (typeof value === 'string' || typeof value === 'number') fields[name] = String(value)
  return { kind: 'json', fields, text }
}

/** A repeated parameter becomes an array, as Twilio's validator expects. */
function formFields(form: URLSearchParams): Record<string, string | string[]> {
  const fields = empty()
  for (const name of new Set(form.keys())) {
    const values = form.getAll(name)
    fields[name] = values.length === 1 ? values[0]! : values
  }
  return fields
}

/** Without a prototype, so that a parameter may be called anything. */
function empty(): Record<string, string | string[]> {
  return Object.create(null) as Record<string, string | string[]>
}

/** One parameter's (first) value without NUL, which PostgreSQL cannot keep; '' when it is not there. */
export function field(fields: Readonly<Record<string, string | readonly string[]>>, name: string): string {
  const value = fields[name]
  const first = typeof value === 'string' ? value : (value?.[0] ?? '')
  return first.replaceAll('\0', '').toWellFormed()
}
