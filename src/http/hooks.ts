import type {} from '@fastify/swagger'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { receive } from '../actions/receive.ts'
import { type Connector, type HookAnswer, type RawHook, Unauthentic } from '../channels/connector.ts'
import type { Exchange } from '../channels/http.ts'
import type { Deps } from '../deps.ts'
import { hookPath } from '../domain/hook-path.ts'
import type { Sender } from '../domain/sender.ts'
import { Problem } from '../errors.ts'

/** A batch of Meta's holds a thousand events; nobody sends more than this. */
const bodyLimit = 3 * 1024 * 1024
/** Providers give up after 15 s (providers 1.12); a "not now" that they hear is repeated sooner than silence. */
const patienceMs = 10_000

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/
const accountIdShape = /^[0-9]{1,20}$/

interface HookParams {
  readonly connector: string
  readonly accountId: string
  readonly senderId: string
}

/**
 * The door of every provider. A call is answered with a yes only when what it says is durable (P5); what it answers to
 * anything else follows from what providers do with it:
 *
 *   404  no such sender: nothing to say to whoever guesses, and a provider that insists on an old address gives up in time.
 *   403  the signature does not fit; nothing is kept.
 *   410  the brand is closed; only its true provider learns that. Nothing is kept.
 *   503  the database is away: the provider calls again.
 *
 * A sender that is switched off or broken still hears: a STOP to a number we no longer send from is a STOP all the same,
 * and the statuses of what went out before are wanted.
 */
export async function hooks(app: FastifyInstance, options: { deps: Deps; patienceMs?: number }): Promise<void> {
  const { deps } = options
  // The signature covers the bytes: nothing may parse, decode or refuse them by their type before it was checked.
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit }, (_request, body, done) => done(null, body))

  app.route<{ Params: HookParams; Body: Buffer | undefined }>({
    method: ['GET', 'POST'],
    url: hookPath(':connector', ':accountId', ':senderId'),
    exposeHeadRoute: false,
    bodyLimit,
    schema: { hide: true },
    async handler(request, reply) {
      const answer = await withinPatience(answerHook(deps, request), options.patienceMs ?? patienceMs)
      return reply.code(answer.status).type(answer.contentType).send(answer.body)
    },
  })
}

async function answerHook(
  deps: Deps,
  request: FastifyRequest<{ Params: HookParams; Body: Buffer | undefined }>,
): Promise<HookAnswer> {
  const receivedAt = deps.clock.now()
  const began = deps.clock.monotonic()
  const { sender, connector, enabled } = await senderOf(deps, request.params)
  const hook = rawHook(deps, request)
  try {
    connector.hooks!.verify(hook, sender)
  } catch (error) {
    if (!(error instanceof Unauthentic)) throw error
    deps.metrics.heard.inc({ connector: connector.name, kind: 'unauthentic' })
    throw new Problem('forbidden', { sentence: 'The signature does not fit' })
  }
  if (!enabled) return { status: 410, contentType: 'text/plain', body: '' }

  const heard = connector.hooks!.parse(hook, sender)
  const exchange: Exchange = {
    method: hook.method,
    ...keptOf(deps, sender, hook),
    status: 200,
    answerBody: null,
    failure: null,
    startedAt: receivedAt,
    durationMs: deps.clock.monotonic() - began,
  }
  await receive(deps, { kind: 'system', accountId: sender.accountId }, { sender, heard, receivedAt, exchange })
  return connector.hooks!.answer?.(hook) ?? { status: 200, contentType: 'text/plain', body: '' }
}

/** @throws Problem `not-found` for a path that names no sender of ours, in whatever part. */
async function senderOf(
  deps: Deps,
  { connector: name, accountId, senderId }: HookParams,
): Promise<{ sender: Sender; connector: Connector; enabled: boolean }> {
  const connector = deps.connectors.get(name)
  if (connector?.hooks === undefined || !accountIdShape.test(accountId) || !uuid.test(senderId))
    throw new Problem('not-found')
  const account = await deps.accounts.get(accountId)
  const sender = account?.senders.get(senderId)
  if (!account || sender?.connector !== name) throw new Problem('not-found')
  return { sender, connector, enabled: account.enabled }
}

function rawHook(deps: Deps, request: FastifyRequest<{ Body: Buffer | undefined }>): RawHook {
  const headers = Object.entries(request.headers).map(
    ([name, value]) => [name, Array.isArray(value) ? value.join(', ') : value] as const,
  )
  return {
    method: request.method,
    url: deps.publicUrl + request.raw.url,
    headers: Object.fromEntries(headers),
    body: request.body ?? Buffer.alloc(0),
  }
}

function keptOf(deps: Deps, sender: Sender, hook: RawHook): Pick<Exchange, 'url' | 'requestBody'> {
  const { url, body } = deps.redactHook(sender, hook)
  return { url: url.replaceAll('\0', ''), requestBody: body.replaceAll('\0', '').toWellFormed() }
}

/** A database that hangs instead of failing must not look like silence; what it still stores is a duplicate next time. */
async function withinPatience<T>(work: Promise<T>, ms: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const overdue = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Problem('unavailable')), ms)
  })
  try {
    return await Promise.race([work, overdue])
  } finally {
    clearTimeout(timer)
    work.catch(() => {})
  }
}
