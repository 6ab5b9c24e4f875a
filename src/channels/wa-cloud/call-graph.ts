import type { OutboundAnswer, OutboundHttp } from '../http.ts'
import type { CloudSettings } from './settings.ts'

/** Fields of outside JSON, of which nothing is known yet. */
export type Fields = Readonly<Record<string, unknown>>

/**
 * Calls the Graph API with the sender's token. `path` begins after the version: `/1234/messages`.
 * @throws SendFailure from the way out.
 */
export function callGraph(
  settings: CloudSettings,
  http: OutboundHttp,
  request: { readonly method: 'GET' | 'POST' | 'DELETE'; readonly path: string; readonly json?: unknown },
): Promise<OutboundAnswer> {
  const url = `${settings.graphBaseUrl}/${settings.apiVersion}${request.path}`
  const headers = { authorization: `Bearer ${settings.accessToken}`, accept: 'application/json' }
  return request.json === undefined
    ? http({ method: request.method, url, headers })
    : http({
        method: request.method,
        url,
        headers: { ...headers, 'content-type': 'application/json' },
        body: JSON.stringify(request.json),
      })
}

/** A JSON object, or undefined for anything else. */
export function jsonObject(text: string): Fields | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return isFields(value) ? value : undefined
  } catch {
    return undefined
  }
}

export function isFields(value: unknown): value is Fields {
  return value !== null && typeof value === 'object' && !Array.isArray(value)
}

/** An object inside outside JSON; empty when there is none. */
export function fieldsOf(value: unknown): Fields {
  return isFields(value) ? value : {}
}

/** The objects of a list inside outside JSON; empty when it is none. */
export function listOf(value: unknown): readonly Fields[] {
  return Array.isArray(value) ? value.filter(isFields) : []
}

/** A text without NUL, which PostgreSQL cannot keep; '' for everything else. Numbers count: Meta sends some ids as such. */
export function textOf(value: unknown): string {
  if (typeof value === 'number') return Number.isFinite(value) ? String(value) : ''
  return typeof value === 'string' ? value.replaceAll('\0', '').toWellFormed() : ''
}

/** Meta's id of a message, `wamid.…`; '' when it is none. */
export function messageIdOf(value: unknown): string {
  const id = textOf(value)
  return /^[\x21-\x7e]{1,255}$/.test(id) ? id : ''
}
