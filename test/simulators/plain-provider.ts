import { randomUUID } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { Type } from 'typebox'
import type { Connector } from '../../src/channels/connector.ts'
import { type FailureKind, SendFailure } from '../../src/channels/failures.ts'
import type { Channel } from '../../src/domain/channel.ts'

/** How the provider treats one send. `accept…` ones are in its list, whatever its answer was. */
export type PlainAnswer =
  | 'accept'
  /** Accepts, then cuts the connection: the answer is lost. */
  | 'accept-and-cut'
  /** Accepts, then answers 500. */
  | 'accept-and-fail'
  /** Answers 500 and has taken nothing. */
  | 'fail'
  /** Takes the request, accepts nothing and never answers. */
  | 'hang'
  /** 200 with something that is no message. */
  | 'garbage'
  | { readonly refuse: FailureKind; readonly code?: string; readonly status?: number }
  /** Accepts, and knows the recipient by another address. */
  | { readonly knownAs: string }
  /** 429, with `Retry-After` in seconds. */
  | { readonly throttle: number }
  /** Thinks for as long as `wait` takes, then treats it as `end` says. */
  | { readonly wait: (message: PlainMessage) => PromiseLike<unknown>; readonly end: PlainAnswer }

export interface PlainMessage {
  readonly id: string
  readonly token: string
  readonly to: string
  readonly text: string
  /** In-app: the device's token. */
  readonly device: string | null
}

export interface PlainProvider {
  readonly url: string
  /** Every message accepted, in order: the provider's own ledger. */
  readonly accepted: PlainMessage[]
  /** Send requests, accepted or not. */
  readonly requests: PlainMessage[]
  /** How often it was asked about a message. */
  asked: number
  /** What it says of a message when it is asked, by the message's id; of others, that they were sent. */
  readonly failed: Map<string, { readonly kind: FailureKind; readonly code: string }>
  /** The next sends' treatment, in order; after them all are accepted. */
  next(...answers: readonly PlainAnswer[]): void
  /** Drops what `next` has planned and no send has met. */
  forget(): void
  close(): Promise<void>
}

/** A small provider with a ledger, on a real socket. Lies about nothing: its list is exactly what it accepted. */
export async function plainProvider(): Promise<PlainProvider> {
  const script: PlainAnswer[] = []
  const server = createServer((request, response) => void serve(request, response))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const provider: PlainProvider = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    accepted: [],
    requests: [],
    asked: 0,
    failed: new Map(),
    next: (...answers) => void script.push(...answers),
    forget: () => void script.splice(0),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.method === 'GET') {
      provider.asked += 1
      const token = new URL(request.url!, provider.url).searchParams.get('token')
      const found = provider.accepted.find((message) => message.token === token)
      answer(response, found === undefined ? 404 : 200, { id: found?.id, failed: provider.failed.get(found?.id ?? '') })
      return
    }
    const message = { ...JSON.parse(await text(request)), id: randomUUID() } as PlainMessage
    provider.requests.push(message)
    await treat(message, script.shift() ?? 'accept', response)
  }

  async function treat(message: PlainMessage, how: PlainAnswer, response: ServerResponse): Promise<void> {
    if (typeof how === 'object') {
      if ('refuse' in how) answer(response, how.status ?? 400, { kind: how.refuse, code: how.code ?? null })
      else if ('knownAs' in how) {
        provider.accepted.push(message)
        answer(response, 201, { id: message.id, address: how.knownAs })
      } else if ('throttle' in how) response.writeHead(429, { 'retry-after': String(how.throttle) }).end('{}')
      else {
        await how.wait(message)
        await treat(message, how.end, response)
      }
      return
    }
    if (how.startsWith('accept')) provider.accepted.push(message)
    if (how === 'accept') answer(response, 201, { id: message.id })
    else if (how === 'accept-and-cut') response.socket?.destroy()
    else if (how === 'accept-and-fail' || how === 'fail') answer(response, 500, {})
    else if (how === 'garbage') answer(response, 200, { surprise: '\u0000' })
  }

  return provider
}

function answer(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}

/**
 * The connector of `plainProvider`: a sender's `baseUrl` names one.
 * @param findable whether the provider can be asked about a message.
 */
export function plainConnector(name: string, channel: Channel, findable = true): Connector {
  const baseUrlOf = (settings: Readonly<Record<string, unknown>>) => String(settings.baseUrl)
  return {
    name,
    channel,
    settings: Type.Object({ baseUrl: Type.String() }),
    limits: { text: 1_600, templateToBegin: false, windowHours: null, media: {} },
    checkSender: () => [],
    async send(out, sender, http) {
      const answered = await http({
        method: 'POST',
        url: `${baseUrlOf(sender.settings)}/messages`,
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({
          token: out.attemptToken,
          to: out.to,
          text: out.text,
          device: out.device?.token ?? null,
        }),
      })
      const body = JSON.parse(answered.text || '{}') as {
        id?: string
        address?: string
        kind?: FailureKind
        code?: string | null
      }
      if (answered.status === 429)
        throw new SendFailure('throttled', { retryAfterMs: Number(answered.headers['retry-after']) * 1_000 })
      if (answered.status >= 400 && answered.status < 500 && body.kind !== undefined)
        throw new SendFailure(body.kind, { providerCode: body.code ?? null })
      if (answered.status !== 201 || body.id === undefined) throw new SendFailure('unknown-outcome')
      const { id: providerId, address } = body
      return { providerId, status: 'sending', ...(address === undefined ? {} : { address }) }
    },
    ...(findable
      ? {
          async find(out, _since, sender, http) {
            const url = `${baseUrlOf(sender.settings)}/messages?token=${out.attemptToken}`
            const answered = await http({ method: 'GET', url, headers: {} })
            if (answered.status === 404) return { kind: 'absent' }
            if (answered.status !== 200) throw new SendFailure('unknown-outcome')
            const { id: providerId, failed } = JSON.parse(answered.text)
            if (failed === undefined) return { kind: 'found', providerId, status: 'sent', failure: null }
            const failure = { kind: failed.kind, providerCode: failed.code }
            return { kind: 'found', providerId, status: 'failed', failure }
          },
        }
      : {}),
  } satisfies Connector as Connector
}
