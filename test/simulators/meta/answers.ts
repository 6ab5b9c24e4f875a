import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { FastifyReply } from 'fastify'
import type { ApiFault } from './faults.ts'
import type { SeenRequest } from './world.ts'

export interface Answer {
  readonly status: number
  readonly body: unknown
  readonly headers?: Readonly<Record<string, string>>
}

/** HTTP status that goes with a code; all others are 400. */
const statuses: Readonly<Record<number, number>> = {
  1: 500,
  2: 503,
  10: 403,
  190: 401,
  130497: 403,
  131000: 500,
  131005: 403,
  131016: 500,
  131031: 403,
  131057: 500,
  132001: 404,
  133004: 503,
}

/** An error in Meta's shape. Its message says nothing that a program may rely on. */
export function errorAnswer(
  code: number,
  options: { readonly status?: number; readonly subcode?: number; readonly details?: string } = {},
): Answer {
  const error = {
    message: `(#${code}) Error`,
    type: 'OAuthException',
    code,
    ...(options.subcode === undefined ? {} : { error_subcode: options.subcode }),
    error_data: { messaging_product: 'whatsapp', details: options.details ?? '' },
    fbtrace_id: randomBytes(8).toString('hex'),
  }
  return { status: options.status ?? statuses[code] ?? 400, body: { error } }
}

/** What an API fault makes of the right answer. */
export function faultyAnswer(fault: ApiFault, right: Answer): Answer {
  switch (fault.do) {
    case 'error': {
      const code = fault.code ?? (fault.status === 429 ? 130429 : 131000)
      const { status, subcode, details } = fault
      const answer = errorAnswer(code, {
        status,
        ...(subcode === undefined ? {} : { subcode }),
        ...(details === undefined ? {} : { details }),
      })
      return fault.retryAfter === undefined ? answer : { ...answer, headers: { 'retry-after': fault.retryAfter } }
    }
    case 'raw':
      return { status: fault.status, body: fault.body, headers: { 'content-type': fault.contentType ?? 'text/html' } }
    case 'patch': {
      const body = { ...(right.body as object), ...fault.fields }
      return { ...right, body: Object.fromEntries(Object.entries(body).filter(([, value]) => value !== null)) }
    }
    default:
      return right
  }
}

/** True when the message is made although the caller will not (clearly) hear of it. */
export function faultAccepts(fault: ApiFault): boolean {
  if (fault.do === 'slow') return fault.accepts ?? true
  if (fault.do === 'patch') return true
  return fault.accepts ?? false
}

/** Puts an answer on the wire, with whatever the fault does to the connection. `held`: not before this resolves. */
export async function giveAnswer(
  reply: FastifyReply,
  seen: SeenRequest,
  answer: Answer,
  fault: ApiFault | undefined,
  held?: Promise<void>,
): Promise<void> {
  const raw = reply.raw
  reply.hijack()
  const isBytes = typeof answer.body === 'string' || Buffer.isBuffer(answer.body)
  const body = isBytes ? (answer.body as string | Buffer) : JSON.stringify(answer.body)
  const headers = {
    'content-type': 'application/json; charset=UTF-8',
    'content-length': String(Buffer.byteLength(body)),
    ...answer.headers,
  }
  if (fault?.do === 'slow') await sleep(fault.ms)
  await held
  if (fault?.do === 'kill') process.kill(fault.pid, 'SIGKILL')
  if (fault?.do === 'kill' || (fault?.do === 'cut' && fault.afterBytes === undefined)) {
    raw.destroy()
    return
  }
  if (raw.destroyed) return
  seen.status = answer.status
  raw.writeHead(answer.status, headers)
  if (fault?.do === 'cut') raw.write(Buffer.from(body).subarray(0, fault.afterBytes), () => raw.destroy())
  else raw.end(body)
}
