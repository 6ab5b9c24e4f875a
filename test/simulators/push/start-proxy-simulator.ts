import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { localhostCertificate, localhostKey } from '../localhost-certificates.ts'
import { type PushFault, pushFaults } from './push-faults.ts'

export type ProxyFault = PushFault<
  'push',
  { readonly do: 'error'; readonly status: number; readonly retryAfter?: string }
>

export interface ProxyPush {
  readonly headers: IncomingHttpHeaders
  readonly payload: Readonly<Record<string, unknown>>
}

export interface ProxySimulator {
  readonly url: string
  /** Every push taken, in order. */
  readonly accepted: readonly ProxyPush[]
  /** What the brand's endpoint passed on: each id once. */
  shown(): readonly ProxyPush[]
  readonly requests: number
  fault(rule: ProxyFault): void
  release(): void
  reset(): void
  close(): Promise<void>
}

/**
 * A brand's own push endpoint, which wants these credentials.
 * @param callerCertificate PEM: then it is at https, and speaks with the holder of this certificate alone.
 */
export async function startProxySimulator(
  user: string,
  password: string,
  callerCertificate?: string,
): Promise<ProxySimulator> {
  const accepted: ProxyPush[] = []
  const held = new Set<() => void>()
  const rules = pushFaults<ProxyFault>()
  const basic = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`
  let requests = 0
  const listener = (request: IncomingMessage, response: ServerResponse) => void serve(request, response)
  const identity = { key: localhostKey, cert: localhostCertificate }
  const server =
    callerCertificate === undefined
      ? createServer(listener)
      : createTlsServer({ ...identity, ca: callerCertificate, requestCert: true, rejectUnauthorized: true }, listener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    requests += 1
    const body = await text(request)
    const fault = rules.take('push', null)
    const take = (): number => {
      if (request.headers.authorization !== basic) return 401
      accepted.push({ headers: request.headers, payload: JSON.parse(body) })
      return 200
    }
    if (fault === undefined) return void response.writeHead(take()).end()
    if (fault.do === 'error') {
      const headers = fault.retryAfter === undefined ? {} : { 'retry-after': fault.retryAfter }
      return void response.writeHead(fault.status, headers).end()
    }
    if (fault.accepts) take()
    if (fault.do === 'raw') return void response.writeHead(fault.status, fault.headers).end(fault.body)
    if (fault.do === 'hold') await new Promise<void>((resolve) => held.add(resolve))
    response.socket?.destroy()
  }

  const release = () => {
    for (const go of held) go()
    held.clear()
  }
  return {
    url: `${callerCertificate === undefined ? 'http://127.0.0.1' : 'https://localhost'}:${(server.address() as AddressInfo).port}/push`,
    accepted,
    shown: () => [...new Map(accepted.map((push) => [push.payload.id, push])).values()],
    get requests() {
      return requests
    },
    fault: (rule) => rules.add(rule),
    release,
    reset: () => {
      release()
      rules.clear()
      accepted.splice(0)
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
