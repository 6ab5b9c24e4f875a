import { setTimeout as sleep } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import type { FastifyReply } from 'fastify'
import type { ConnectionFault, ErrorFault } from './faults.ts'

export interface Answer {
  readonly status: number
  readonly body: unknown
  readonly headers?: Readonly<Record<string, string>>
}

/** What a fault makes of the right answer. */
export function alteredAnswer(fault: ConnectionFault, right: Answer): Answer {
  switch (fault.do) {
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
export function faultAccepts(fault: ErrorFault | ConnectionFault): boolean {
  if (fault.do === 'slow' || fault.do === 'drip') return fault.accepts ?? true
  if (fault.do === 'patch') return true
  return fault.accepts ?? false
}

/**
 * Puts an answer on the wire, with whatever the fault does to the connection.
 * @param seen gets the status that was given.
 * @param own headers of the provider's every answer, unless the answer has others.
 * @param held the answer does not go before this resolves.
 */
export async function giveAnswer(
  reply: FastifyReply,
  seen: { status: number | null },
  answer: Answer,
  own: Readonly<Record<string, string>>,
  fault?: ErrorFault | ConnectionFault,
  held?: Promise<void>,
): Promise<void> {
  const raw = reply.raw
  reply.hijack()
  const isBytes = typeof answer.body === 'string' || Buffer.isBuffer(answer.body)
  const body = isBytes ? (answer.body as string | Buffer) : JSON.stringify(answer.body)
  const headers = { ...own, 'content-length': String(Buffer.byteLength(body)), ...answer.headers }
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
