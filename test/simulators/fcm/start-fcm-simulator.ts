import { randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { type PushFault, pushFaults } from '../push/push-faults.ts'
import { type FcmAnswer, type FcmPersona, type FcmPush, fcmError, refusalOf, wrongField } from './send-push.ts'
import { type SimulatedServiceAccount, serviceAccount } from './service-account.ts'

export const fcmProjectId = 'example-shop-1a2b3'

/** `code`: FCM's errorCode in a send's answer, OAuth's `error` in a token's. */
export type FcmFault = PushFault<
  'token' | 'send',
  | {
      readonly do: 'error'
      readonly status: number
      readonly code?: string
      readonly field?: string
      readonly retryAfter?: string
    }
  /** The token is good for so many seconds. */
  | { readonly do: 'lifetime'; readonly seconds: number }
>

export interface FcmSimulator {
  readonly baseUrl: string
  readonly account: SimulatedServiceAccount
  /** Every push taken, in order: the service's own ledger. */
  readonly accepted: readonly FcmPush[]
  /** What stands on a device's screen: of pushes with one collapse key only the last. */
  shown(token: string): readonly FcmPush[]
  /** Access tokens given out. */
  readonly grants: readonly string[]
  readonly sends: number
  persona(token: string, persona: FcmPersona): void
  fault(rule: FcmFault): void
  /** Takes back every access token. */
  revoke(): void
  release(): void
  reset(): void
  close(): Promise<void>
}

/** Google's token endpoint and FCM's HTTP v1 in one, on a loopback port. */
export async function startFcmSimulator(): Promise<FcmSimulator> {
  const accepted: FcmPush[] = []
  const grants: string[] = []
  const valid = new Map<string, number>()
  const personas = new Map<string, FcmPersona>()
  const held = new Set<() => void>()
  const rules = pushFaults<FcmFault>()
  let sends = 0

  const server = createServer((request, response) => void serve(request, response))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const account = serviceAccount(fcmProjectId, `${baseUrl}/token`)

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await text(request)
    if (request.method === 'POST' && request.url === '/token') return meet('token', null, response, () => grant(body))
    if (request.method === 'POST' && request.url === `/v1/projects/${fcmProjectId}/messages:send`) {
      sends += 1
      const bearer = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1] ?? ''
      if (!((valid.get(bearer) ?? 0) > Date.now())) return answer(response, fcmError(401))
      const message = messageIn(body)
      return meet('send', String(message?.token), response, async () => send(message))
    }
    answer(response, fcmError(404))
  }

  async function meet(
    phase: 'token' | 'send',
    device: string | null,
    response: ServerResponse,
    right: () => Promise<FcmAnswer>,
  ): Promise<void> {
    const fault = rules.take(phase, device)
    if (fault === undefined) return answer(response, await right())
    if (fault.do === 'lifetime') {
      const given = await right()
      const { access_token: token } = given.body as { access_token: string }
      valid.set(token, Date.now() + fault.seconds * 1000)
      return answer(response, { ...given, body: { ...(given.body as object), expires_in: fault.seconds } })
    }
    if (fault.do === 'error') {
      const { status, code, field, retryAfter } = fault
      const error =
        phase === 'token'
          ? { status, body: { error: code ?? 'invalid_grant', error_description: 'Bad Request' } }
          : fcmError(status, { ...(code ? { errorCode: code } : {}), ...(field ? { field } : {}) })
      return answer(response, retryAfter === undefined ? error : { ...error, headers: { 'retry-after': retryAfter } })
    }
    if (fault.accepts) await right()
    if (fault.do === 'cut') response.socket?.destroy()
    else if (fault.do === 'hold') {
      await new Promise<void>((resolve) => held.add(resolve))
      response.socket?.destroy()
    } else response.writeHead(fault.status, fault.headers).end(fault.body)
  }

  async function grant(body: string): Promise<FcmAnswer> {
    const wrong = await account.refusal(new URLSearchParams(body), new Date())
    if (wrong !== null) return { status: 400, body: { error: wrong, error_description: 'Invalid JWT' } }
    const token = `ya29.${randomBytes(24).toString('base64url')}`
    grants.push(token)
    valid.set(token, Date.now() + 3600_000)
    return { status: 200, body: { access_token: token, expires_in: 3599, token_type: 'Bearer' } }
  }

  function send(message: Readonly<Record<string, unknown>> | null): FcmAnswer {
    if (message === null) return fcmError(400, { field: 'message' })
    const field = wrongField(message)
    if (field !== null) return fcmError(400, { errorCode: 'INVALID_ARGUMENT', field })
    const { token, notification, data, android } = message as unknown as FcmPush & {
      android?: { collapse_key?: string }
    }
    if (Buffer.byteLength(JSON.stringify({ notification, data })) > 4096)
      return fcmError(400, { errorCode: 'INVALID_ARGUMENT', message: 'Android message is too big' })
    const refusal = refusalOf(personas.get(token) ?? 'registered')
    if (refusal !== null) return refusal
    const name = `projects/${fcmProjectId}/messages/0:${Date.now()}%${randomBytes(8).toString('hex')}`
    const collapseKey = android?.collapse_key ?? null
    accepted.push({ name, token, collapseKey, notification: notification ?? null, data: data ?? {}, message })
    return { status: 200, body: { name } }
  }

  return {
    baseUrl,
    account,
    accepted,
    grants,
    get sends() {
      return sends
    },
    shown: (token) => {
      const byKey = new Map<string, FcmPush>()
      for (const push of accepted) if (push.token === token) byKey.set(push.collapseKey ?? push.name, push)
      return [...byKey.values()]
    },
    persona: (token, persona) => void personas.set(token, persona),
    fault: (rule) => rules.add(rule),
    revoke: () => valid.clear(),
    release: () => {
      for (const go of held) go()
      held.clear()
    },
    reset: () => {
      rules.clear()
      personas.clear()
      accepted.splice(0)
      grants.splice(0)
      sends = 0
    },
    close: () =>
      new Promise((resolve) => {
        for (const go of held) go()
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

function messageIn(body: string): Readonly<Record<string, unknown>> | null {
  try {
    const { message } = JSON.parse(body) as { message?: Readonly<Record<string, unknown>> }
    return message ?? null
  } catch {
    return null
  }
}

function answer(response: ServerResponse, { status, body, headers }: FcmAnswer): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body))
}
