import { randomUUID } from 'node:crypto'
import { secretContext } from '../src/store/account-config.ts'
import { appJwt, oauthHeader } from './ivr-client.ts'
import { type TestBrand, testHandoff } from './test-brand.ts'
import type { TestServer } from './test-server.ts'
import { type Answer, ask } from './test-user.ts'

export interface TestApp {
  readonly senderId: string
  readonly address: string
  readonly handoffId: string
}

/** An app of the brand on the simulated push service, with a handoff of its own. */
export async function testApp(
  server: TestServer,
  brand: Pick<TestBrand, 'accountId'>,
  options: { connector?: string; address?: string; settings?: Record<string, unknown> } = {},
): Promise<TestApp> {
  const { db, cipher, accounts } = server.deps
  const senderId = randomUUID()
  const address = options.address ?? `app-${senderId.slice(0, 8)}`
  const secret = JSON.stringify({ secret: randomUUID() })
  await db`insert into senders ${db({
    account_id: brand.accountId,
    sender_id: senderId,
    connector: options.connector ?? 'inapp-simulator',
    channel: 'inapp',
    address,
    title: 'App',
    settings: db.json((options.settings ?? {}) as Record<string, string>),
    secrets: cipher.encrypt(secret, secretContext.sender(brand.accountId, senderId)),
  })}`
  const channel = { channel: 'inapp', senderIds: [senderId], title: 'Go on here', text: 'Answer to go on.' } as const
  const handoffId = await testHandoff(server, brand.accountId, [channel])
  accounts.drop(brand.accountId)
  return { senderId, address, handoffId }
}

/** The brand's backend vouches for a consumer, signing with its API key unless `authorization` says otherwise. */
export async function vouch(
  server: { url: string },
  brand: Pick<TestBrand, 'accountId' | 'apiKey'>,
  body: unknown,
  authorization?: string,
): Promise<Answer> {
  const url = `${server.url}/api/account/${brand.accountId}/consumer-token`
  return ask(url, 'POST', body, { authorization: authorization ?? oauthHeader(brand, url) })
}

export interface TestDevice {
  readonly deviceId: string
  readonly deviceToken: string
  readonly pushToken: string
  ask(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>
}

/** A consumer's device, registered by the door as an app does it. */
export async function testDevice(
  server: { url: string },
  brand: TestBrand,
  app: Pick<TestApp, 'address'>,
  consumerId: string,
  pushToken: string = randomUUID(),
): Promise<TestDevice> {
  const jwt = await appJwt(server, brand)
  const { body: vouched } = await vouch(server, brand, { consumerId, app: app.address }, `Bearer ${jwt}`)
  const { status, body } = await ask(
    `${server.url}/api/device/registrations`,
    'POST',
    { platform: 'simulator', token: pushToken },
    { authorization: `Bearer ${vouched.token}` },
  )
  if (status !== 201) throw new Error(`no device: HTTP ${status}`)
  const { deviceId, deviceToken } = body
  const authorization = `Bearer ${deviceToken}`
  return {
    ...{ deviceId, deviceToken, pushToken },
    ask: (method, path, sent, headers) =>
      ask(`${server.url}/api/device/${path}`, method, sent, { authorization, ...headers }),
  }
}

/** A stream of server-sent events, read as it comes. */
export async function listen(
  server: { url: string },
  device: Pick<TestDevice, 'deviceToken'>,
  query = '',
  headers: Record<string, string> = {},
) {
  const stop = new AbortController()
  const response = await fetch(`${server.url}/api/device/stream${query}`, {
    headers: { authorization: `Bearer ${device.deviceToken}`, ...headers },
    signal: stop.signal,
  })
  const reader = response.body!.getReader()
  const decoder = new TextDecoder()
  let text = ''
  return {
    response,
    // biome-ignore lint/suspicious/noExplicitAny: events of every shape
    async next(): Promise<{ event: string; id: string | null; data: any } | null> {
      for (;;) {
        const end = text.indexOf('\n\n')
        if (end === -1) {
          const { done, value } = await reader.read()
          if (done) return null
          text += decoder.decode(value, { stream: true })
          continue
        }
        const block = text.slice(0, end)
        text = text.slice(end + 2)
        const field = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(block)?.[1] ?? null
        const event = field('event')
        if (event !== null) return { event, id: field('id'), data: JSON.parse(field('data') ?? 'null') }
      }
    },
    stop: () => stop.abort(),
  }
}
