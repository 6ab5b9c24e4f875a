import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { type PushFault, pushFaults } from '../push/push-faults.ts'
import { type Browser, browser } from './browser.ts'
import { vapidRefusal } from './check-vapid.ts'

/** `gone`: the person has taken the permission back. `forgotten`: the service does not know the subscription any more. */
export type WebpushPersona = 'subscribed' | 'gone' | 'forgotten' | 'flooded'

export type WebpushFault = PushFault<
  'push',
  { readonly do: 'error'; readonly status: number; readonly retryAfter?: string }
>

/** One push as the service took it, read by the browser it is for. */
export interface WebPush {
  readonly browserId: string
  readonly topic: string | null
  readonly ttl: number
  readonly urgency: string | null
  readonly bytes: number
  readonly payload: Readonly<Record<string, unknown>>
}

export interface WebpushSimulator {
  readonly baseUrl: string
  /** Host and port, for the sender's `pushHosts`. */
  readonly host: string
  /** Every push taken, in order: the service's own ledger. */
  readonly accepted: readonly WebPush[]
  /** What the service still keeps for a browser that is off: of pushes with one Topic only the last (RFC 8030 5.4). */
  kept(browserId: string): readonly WebPush[]
  /** Requests that broke a rule of the standards, in words. */
  readonly violations: readonly string[]
  readonly requests: number
  /** A browser subscribes with a page's VAPID public key. */
  subscribe(applicationServerKey: string): Browser
  persona(browserId: string, persona: WebpushPersona): void
  fault(rule: WebpushFault): void
  release(): void
  reset(): void
  close(): Promise<void>
}

/** A push service and its browsers, on a loopback port. */
export async function startWebpushSimulator(): Promise<WebpushSimulator> {
  const accepted: WebPush[] = []
  const violations: string[] = []
  const browsers = new Map<string, Browser>()
  const personas = new Map<string, WebpushPersona>()
  const held = new Set<() => void>()
  const rules = pushFaults<WebpushFault>()
  let requests = 0

  const server = createServer((request, response) => void serve(request, response))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`
  const baseUrl = `http://${host}`

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    requests += 1
    const body = await buffer(request)
    const id = /^\/push\/([\w-]+)$/.exec(request.url ?? '')?.[1] ?? ''
    const fault = rules.take('push', id)
    if (fault === undefined) return void response.writeHead(await right(request, id, body), created(id)).end()
    if (fault.do === 'error') {
      const headers = fault.retryAfter === undefined ? {} : { 'retry-after': fault.retryAfter }
      return void response.writeHead(fault.status, headers).end()
    }
    if (fault.accepts) await right(request, id, body)
    if (fault.do === 'raw') return void response.writeHead(fault.status, fault.headers).end(fault.body)
    if (fault.do === 'hold') await new Promise<void>((resolve) => held.add(resolve))
    response.socket?.destroy()
  }

  const created = (id: string) => ({ location: `${baseUrl}/message/${id}` })

  /** Takes the push, or says why not; the status of the answer. */
  async function right(request: IncomingMessage, id: string, body: Buffer): Promise<number> {
    const refuse = (status: number, why: string): number => {
      violations.push(why)
      return status
    }
    const header = (name: string): string | undefined => request.headers[name]?.toString()
    const known = browsers.get(id)
    const persona = personas.get(id) ?? 'subscribed'
    if (request.method !== 'POST') return refuse(405, 'the method is not POST')
    if (known === undefined || persona === 'forgotten') return 404
    if (persona === 'gone') return 410
    if (persona === 'flooded') return 429
    if (!/^\d+$/.test(header('ttl') ?? '')) return refuse(400, 'there is no TTL')
    const topic = header('topic') ?? null
    if (topic !== null && !/^[\w-]{1,32}$/.test(topic)) return refuse(400, 'the Topic is not 1 to 32 of base64url')
    const urgency = header('urgency') ?? null
    if (urgency !== null && !['very-low', 'low', 'normal', 'high'].includes(urgency)) return refuse(400, 'bad Urgency')
    if (header('content-encoding') !== 'aes128gcm') return refuse(415, 'the encoding is not aes128gcm')
    if (body.length > 4096) return refuse(413, 'the body is larger than 4096 bytes')
    const { wrong, key } = await vapidRefusal(header('authorization'), baseUrl)
    if (wrong !== null) return refuse(401, `VAPID: ${wrong}`)
    if (key !== known.applicationServerKey) return 403
    try {
      const payload = known.open(body)
      accepted.push({ browserId: id, topic, ttl: Number(header('ttl')), urgency, bytes: body.length, payload })
      return 201
    } catch {
      // A true push service could not know; a browser would drop it.
      return refuse(201, 'the browser cannot read the push')
    }
  }

  const release = () => {
    for (const go of held) go()
    held.clear()
  }
  return {
    baseUrl,
    host,
    accepted,
    violations,
    get requests() {
      return requests
    },
    kept: (browserId) => {
      const byTopic = new Map<string, WebPush>()
      for (const [index, push] of accepted.entries())
        if (push.browserId === browserId) byTopic.set(push.topic ?? `#${index}`, push)
      return [...byTopic.values()]
    },
    subscribe: (applicationServerKey) => {
      const made = browser(baseUrl, applicationServerKey)
      browsers.set(made.id, made)
      return made
    },
    persona: (browserId, persona) => void personas.set(browserId, persona),
    fault: (rule) => rules.add(rule),
    release,
    reset: () => {
      release()
      rules.clear()
      personas.clear()
      accepted.splice(0)
      violations.splice(0)
      requests = 0
    },
    close: () =>
      new Promise((resolve) => {
        release()
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
