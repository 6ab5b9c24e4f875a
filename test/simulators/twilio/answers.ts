import { setTimeout as sleep } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import type { FastifyReply } from 'fastify'
import type { ApiFault } from './faults.ts'
import type { SeenRequest, World } from './world.ts'

export interface Answer {
  readonly status: number
  readonly body: unknown
  readonly headers?: Readonly<Record<string, string>>
}

const sentences: Readonly<Record<number, string>> = {
  20003: 'Authenticate',
  20404: 'The requested resource was not found',
  20429: 'Too many requests',
  20500: 'An internal server error has occurred',
  21610: 'Attempt to send to unsubscribed recipient',
}

/** An error in Twilio's shape. */
export function errorAnswer(code: number, status = 400, message = sentences[code] ?? `Error ${code}`): Answer {
  return { status, body: { code, message, more_info: `https://www.twilio.com/docs/errors/${code}`, status } }
}

/** What an API fault makes of the right answer. */
export function faultyAnswer(fault: ApiFault, right: Answer): Answer {
  switch (fault.do) {
    case 'error': {
      const code = fault.code ?? (fault.status === 429 ? 20429 : fault.status >= 500 ? 20500 : 20001)
      const answer = errorAnswer(code, fault.status)
      return fault.retryAfter === undefined ? answer : { ...answer, headers: { 'retry-after': fault.retryAfter } }
    }
    case 'raw': {
      const text = fault.body.repeat(fault.repeat ?? 1)
      const headers = { 'content-type': fault.contentType ?? 'text/html', ...fault.headers }
      return {
        status: fault.status,
        body: fault.gzip ? gzipSync(text) : text,
        headers: fault.gzip ? { ...headers, 'content-encoding': 'gzip' } : headers,
      }
    }
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
  if (fault.do === 'slow' || fault.do === 'drip') return fault.accepts ?? true
  if (fault.do === 'patch') return true
  return fault.accepts ?? false
}

/** Puts an answer on the wire, with whatever the fault does to the connection. `held`: not before this resolves. */
export async function giveAnswer(
  world: World,
  reply: FastifyReply,
  seen: SeenRequest,
  answer: Answer,
  fault: ApiFault | undefined,
  held?: Promise<void>,
): Promise<void> {
  const raw = reply.raw
  reply.hijack()
  const isText = typeof answer.body === 'string' || Buffer.isBuffer(answer.body)
  const body = isText ? (answer.body as string | Buffer) : JSON.stringify(answer.body)
  const headers = {
    'content-type': 'application/json',
    date: world.now().toUTCString(),
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
  if (fault?.do === 'cut') {
    raw.write(Buffer.from(body).subarray(0, fault.afterBytes), () => raw.destroy())
    return
  }
  if (fault?.do === 'drip') {
    for (const byte of Buffer.from(body)) {
      if (raw.destroyed) return
      raw.write(Buffer.of(byte))
      await sleep(fault.everyMs)
    }
    raw.end()
    return
  }
  raw.end(body)
}
