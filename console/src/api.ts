import type { Api } from './api-types.ts'

export type Operation = keyof Api
export type Answer<O extends Operation> = Api[O]['answer']

/** What an operation takes, and only that: `params` of the path, `query`, `body`. */
type Input<O extends Operation> = {
  [Part in 'params' | 'query' | 'body' as undefined extends Api[O][Part] ? never : Part]: Api[O][Part]
}
type Given<O extends Operation> =
  Partial<Input<O>> extends Input<O> ? [input?: Input<O> & Way] : [input: Input<O> & Way]
/** `keepalive`: goes out even while the page is left. */
type Way = { signal?: AbortSignal; keepalive?: boolean }

/** The server said no, or could not: `code` for the page (docs/errors.md), `title` and `details` for the person. */
export class ApiFailure extends Error {
  readonly status: number
  readonly code: string
  readonly details: readonly string[]
  readonly requestId: string | null
  constructor(status: number, code: string, title: string, details: readonly string[], requestId: string | null) {
    super(title)
    this.name = 'ApiFailure'
    this.status = status
    this.code = code
    this.details = details
    this.requestId = requestId
  }
}

/** Nothing was heard of the server: the network, or the server, is away. What was asked may be asked again. */
export class Unreachable extends Error {
  constructor(cause: unknown) {
    super('The server cannot be reached just now.', { cause })
    this.name = 'Unreachable'
  }
}

/**
 * Asks the server: `await api('GET /api/workspace/queue', { query: {} })`. The session is in a cookie that no script
 * reads; other sites are kept out by the browser's own Sec-Fetch-Site (src/http/same-site.ts), so nothing is added here.
 * Throws `ApiFailure` or `Unreachable`; an aborted request throws the browser's AbortError.
 */
export async function api<O extends Operation>(operation: O, ...[input]: Given<O>): Promise<Answer<O>> {
  const { params, query, body, signal, keepalive = false } = (input ?? {}) as Loose
  return answerOf(
    await ask(operation, params, query, {
      ...(signal === undefined ? {} : { signal }),
      keepalive,
      ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    }),
  )
}

/** Sends a file as the body, its name in a header (percent-encoded, since headers carry plain letters only). Throws as `api` does. */
export async function upload<O extends Operation>(
  operation: O,
  { file, ...given }: Omit<Input<O>, 'body'> & { file: File },
): Promise<Answer<O>> {
  const { params, query } = given as Loose
  return answerOf(
    await ask(operation, params, query, {
      body: file,
      headers: {
        'content-type': file.type === '' ? 'application/octet-stream' : file.type,
        'x-file-name': encodeURIComponent(file.name.toWellFormed()),
      },
    }),
  )
}

/** Asks for a file by a POST, so that nothing of the question stands in an address. Throws as `api` does. */
export async function fetchFile<O extends Operation>(operation: O, ...[input]: Given<O>): Promise<Blob> {
  const { params, body } = (input ?? {}) as Loose
  const response = await ask(operation, params, undefined, {
    body: JSON.stringify(body),
    headers: { 'content-type': 'application/json' },
  })
  if (!response.ok) throw failureOf(response.status, await response.json().catch(() => null))
  return response.blob()
}

async function answerOf<O extends Operation>(response: Response): Promise<Answer<O>> {
  if (response.status === 204 || response.status === 205) return undefined as Answer<O>
  const json = /json/.test(response.headers.get('content-type') ?? '') ? await response.json().catch(() => null) : null
  if (response.ok) return json as Answer<O>
  throw failureOf(response.status, json)
}

interface Loose {
  params?: Record<string, unknown> | undefined
  query?: Record<string, unknown> | undefined
  body?: unknown
  signal?: AbortSignal
  keepalive?: boolean
}

let heardEnd: () => void = () => {}

/** Calls `heard` whenever the server says, to whatever was asked, that nobody is signed in. */
export function whenUnauthenticated(heard: () => void): void {
  heardEnd = heard
}

async function ask(
  operation: string,
  params: Loose['params'],
  query: Loose['query'],
  init: RequestInit,
): Promise<Response> {
  const [method, pattern] = operation.split(' ') as [string, string]
  const path = pattern.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(params?.[name] ?? '')))
  try {
    const response = await fetch(path + queryOf(query), { method, credentials: 'same-origin', ...init })
    // Of the session itself whoever asks for it hears, and a wrong password ends none.
    if (response.status === 401 && pattern !== '/api/session') heardEnd()
    return response
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error
    throw new Unreachable(error)
  }
}

function queryOf(query: Record<string, unknown> | undefined): string {
  const given = Object.entries(query ?? {}).filter(([, value]) => value !== undefined && value !== null && value !== '')
  if (given.length === 0) return ''
  return `?${new URLSearchParams(given.map(([name, value]): [string, string] => [name, String(value)]))}`
}

function failureOf(status: number, json: unknown): ApiFailure {
  const { code, title, details, requestId } = (json ?? {}) as Partial<Record<string, unknown>>
  return new ApiFailure(
    status,
    typeof code === 'string' ? code : 'unreadable-answer',
    typeof title === 'string' ? title : 'The server gave an answer that this page cannot read.',
    Array.isArray(details) ? details.filter((detail) => typeof detail === 'string') : [],
    typeof requestId === 'string' ? requestId : null,
  )
}
