import { createServer, type IncomingHttpHeaders, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { Webhook } from 'standardwebhooks'

export interface ReceivedWebhook {
  readonly id: string
  readonly headers: IncomingHttpHeaders
  /** As it came. */
  readonly raw: string
  // biome-ignore lint/suspicious/noExplicitAny: a test looks into bodies of every shape
  readonly body: any
}

/** A brand's own system that hears of events, on a real socket. It answers 200 unless told otherwise. */
export interface WebhookReceiver {
  readonly url: string
  readonly received: ReceivedWebhook[]
  /** Requests that have no answer yet. */
  open: number
  /** The most that were open at once. */
  mostOpen: number
  /** How the next requests are answered, and all after them by the last: a status, or once the promise says which. */
  answer(...answers: readonly (Reply | Promise<Reply>)[]): void
  /** What came, of one type. */
  of(type: string): readonly ReceivedWebhook[]
  close(): Promise<void>
}

export interface Reply {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

export async function webhookReceiver(): Promise<WebhookReceiver> {
  let script: (Reply | Promise<Reply>)[] = [{ status: 200 }]
  const server: Server = createServer(async (request, response) => {
    receiver.open += 1
    receiver.mostOpen = Math.max(receiver.mostOpen, receiver.open)
    response.on('close', () => {
      receiver.open -= 1
    })
    const raw = await text(request).catch(() => null)
    if (raw === null) return
    const { headers } = request
    receiver.received.push({ id: String(headers['webhook-id']), headers, raw, body: JSON.parse(raw) })
    const reply = await (script.length > 1 ? script.shift()! : script[0]!)
    response.writeHead(reply.status, reply.headers).end(reply.body ?? '')
  })
  const receiver: WebhookReceiver = {
    url: '',
    received: [],
    open: 0,
    mostOpen: 0,
    answer(...answers) {
      script = [...answers]
    },
    of: (type) => receiver.received.filter(({ body }) => body.type === type),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  Object.assign(receiver, { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/c2m` })
  return receiver
}

/** Checks a request as a receiver does, by the scheme's own library. @throws WebhookVerificationError */
export function verify(secret: string, { raw, headers }: ReceivedWebhook): unknown {
  return new Webhook(secret).verify(raw, headers as Record<string, string>)
}
