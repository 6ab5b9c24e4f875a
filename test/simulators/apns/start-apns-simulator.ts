import {
  constants,
  createSecureServer,
  type IncomingHttpHeaders,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from 'node:http2'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { localhostCertificate, localhostKey } from '../localhost-certificates.ts'
import { type PushFault, pushFaults } from '../push/push-faults.ts'
import { type ApnsRefusal, requestRefusal } from './check-push.ts'
import { type ProviderTokens, providerTokens } from './provider-tokens.ts'

/** How a device token is known. `gone`: Apple has known it dead since `since`. */
export type ApnsPersona = 'registered' | 'other-topic' | 'flooded' | { readonly gone: Date }

export type ApnsFault = PushFault<
  'send',
  | { readonly do: 'error'; readonly status: number; readonly reason?: string; readonly retryAfter?: string }
  /**
   * The connection is closed with GOAWAY, which says whether this push was processed. `code`: NO_ERROR by default. A push
   * not processed is also not answered; a processed one is answered first, unless `silent`.
   */
  | { readonly do: 'goaway'; readonly processed: boolean; readonly code?: number; readonly silent?: boolean }
  /** The stream alone is refused: certainly not processed. */
  | { readonly do: 'refuse-stream' }
>

/** One push as Apple took it. */
export interface ApnsPush {
  readonly device: string
  readonly id: string
  readonly collapseId: string | null
  readonly headers: IncomingHttpHeaders
  readonly payload: Readonly<Record<string, unknown>>
}

export interface ApnsSimulator {
  /** Host and port, for the sender's setting of that name. */
  readonly host: string
  /** PEM of the authority that vouches for it. */
  readonly ca: string
  readonly tokens: ProviderTokens
  /** Every push taken, in order: the service's own ledger. */
  readonly accepted: readonly ApnsPush[]
  /** What stands on a device's screen: of pushes with one collapse id only the last. */
  shown(device: string): readonly ApnsPush[]
  readonly requests: number
  /** Connections opened so far. */
  readonly connections: number
  readonly pings: number
  persona(device: string, persona: ApnsPersona): void
  fault(rule: ApnsFault): void
  shiftClock(ms: number): void
  /** Closes every open connection with GOAWAY. */
  goAway(): void
  release(): void
  reset(): void
  close(): Promise<void>
}

/** APNs over TLS and HTTP/2 on a loopback port. */
export async function startApnsSimulator(): Promise<ApnsSimulator> {
  const accepted: ApnsPush[] = []
  const personas = new Map<string, ApnsPersona>()
  const held = new Set<() => void>()
  const sessions = new Set<ServerHttp2Session>()
  const rules = pushFaults<ApnsFault>()
  const tokens = providerTokens()
  let [requests, connections, pings, shiftMs] = [0, 0, 0, 0]

  const server = createSecureServer({ key: localhostKey, cert: localhostCertificate })
  server.on('session', (session) => {
    connections += 1
    sessions.add(session)
    session.on('close', () => sessions.delete(session))
    session.on('error', () => {})
    session.on('ping', () => {
      pings += 1
    })
  })
  server.on('stream', (stream, headers) => {
    stream.on('error', () => {})
    void serve(stream, headers)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))

  async function serve(stream: ServerHttp2Stream, headers: IncomingHttpHeaders): Promise<void> {
    requests += 1
    const body = await text(stream)
    const device = String(headers[':path']).split('/').at(-1)!
    const fault = rules.take('send', device)
    if (fault === undefined) return answer(stream, headers, await right(headers, device, body))
    switch (fault.do) {
      case 'error':
        return answer(stream, headers, {
          status: fault.status,
          ...(fault.reason === undefined ? {} : { reason: fault.reason }),
          ...(fault.retryAfter === undefined ? {} : { retryAfter: fault.retryAfter }),
        })
      case 'refuse-stream':
        return stream.close(constants.NGHTTP2_REFUSED_STREAM)
      case 'goaway': {
        const { session } = stream
        const refusal = fault.processed ? await right(headers, device, body) : null
        if (fault.processed && !fault.silent) answer(stream, headers, refusal)
        session?.goaway(fault.code ?? constants.NGHTTP2_NO_ERROR, fault.processed ? stream.id! : stream.id! - 2)
        if (fault.silent || !fault.processed) setImmediate(() => session?.destroy())
        return
      }
      case 'raw':
        if (fault.accepts) await right(headers, device, body)
        stream.respond({ ...fault.headers, ':status': fault.status })
        stream.end(fault.body)
        return
      default:
        if (fault.accepts) await right(headers, device, body)
        if (fault.do === 'hold') await new Promise<void>((resolve) => held.add(resolve))
        stream.session?.destroy()
    }
  }

  /** Takes the push, or says why not. */
  async function right(headers: IncomingHttpHeaders, device: string, body: string): Promise<ApnsRefusal | null> {
    const now = new Date(Date.now() + shiftMs)
    const wrong = requestRefusal(headers, body) ?? (await tokens.refusal(headers.authorization, now))
    if (wrong !== null) return wrong
    const persona = personas.get(device) ?? 'registered'
    if (persona === 'other-topic') return { status: 400, reason: 'DeviceTokenNotForTopic' }
    if (persona === 'flooded') return { status: 429, reason: 'TooManyRequests' }
    if (typeof persona === 'object') return { status: 410, reason: 'Unregistered', timestamp: persona.gone.getTime() }
    const collapseId = headers['apns-collapse-id']?.toString() ?? null
    accepted.push({ device, id: String(headers['apns-id']), collapseId, headers, payload: JSON.parse(body) })
    return null
  }

  const release = () => {
    for (const go of held) go()
    held.clear()
  }
  return {
    host: `localhost:${(server.address() as AddressInfo).port}`,
    ca: localhostCertificate,
    tokens,
    accepted,
    shown: (device) => {
      const byId = new Map<string, ApnsPush>()
      for (const push of accepted) if (push.device === device) byId.set(push.collapseId ?? push.id, push)
      return [...byId.values()]
    },
    get requests() {
      return requests
    },
    get connections() {
      return connections
    },
    get pings() {
      return pings
    },
    persona: (device, persona) => void personas.set(device, persona),
    fault: (rule) => rules.add(rule),
    shiftClock: (ms) => {
      shiftMs += ms
    },
    goAway: () => {
      for (const session of sessions) session.goaway(constants.NGHTTP2_NO_ERROR)
    },
    release,
    reset: () => {
      release()
      rules.clear()
      personas.clear()
      accepted.splice(0)
      requests = 0
      shiftMs = 0
    },
    close: () =>
      new Promise((resolve) => {
        release()
        server.close(() => resolve())
        for (const session of sessions) session.destroy()
      }),
  }
}

function answer(
  stream: ServerHttp2Stream,
  headers: IncomingHttpHeaders,
  refusal: (Partial<ApnsRefusal> & { readonly status: number; readonly retryAfter?: string }) | null,
): void {
  if (stream.destroyed) return
  const id = headers['apns-id'] === undefined ? {} : { 'apns-id': headers['apns-id'] }
  if (refusal === null) {
    stream.respond({ ':status': 200, ...id }, { endStream: true })
    return
  }
  const { status, retryAfter, ...body } = refusal
  stream.respond({ ':status': status, ...id, ...(retryAfter === undefined ? {} : { 'retry-after': retryAfter }) })
  stream.end(body.reason === undefined ? '' : JSON.stringify(body))
}
