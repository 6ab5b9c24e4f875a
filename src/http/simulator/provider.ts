import { setTimeout as pause } from 'node:timers/promises'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Deps } from '../../deps.ts'
import { isRecord, isStorable } from '../../domain/outside-data.ts'
import type { Sender } from '../../domain/sender.ts'
import { Problem } from '../../errors.ts'
import { readSimulatorBehaviour, type SimulatorBehaviour } from '../../store/simulator-behaviours.ts'
import { readSimulatorFile } from '../../store/simulator-files.ts'
import { findSimulatorMessage, insertSimulatorMessage, setSimulatorStatus } from '../../store/simulator-messages.ts'
import { downloadHeaders } from '../download-headers.ts'
import { uuidParam } from '../uuid-param.ts'
import { callBack, secretOf } from './call-back.ts'
import { isSignedBy, signatureHeader } from './provider-signature.ts'

/** Milliseconds between the statuses of one message: long enough that `accepted`, `sent`, `delivered` can be seen to follow. */
const stepMs = 50
/** The same of a slow provider, and what it takes to answer: to be felt, and well within a provider's time-out. */
const slowMs = 2_500
/** A callback that was not answered with a yes is repeated this often, as careful providers do. */
const retries = 3
const retryMs = 300

interface ProviderParams {
  readonly accountId: string
  readonly senderId: string
}
type ProviderRequest = FastifyRequest<{ Params: ProviderParams; Body: Buffer; Querystring: Record<string, unknown> }>

/**
 * The door of the simulated provider: it accepts messages for its pretend phones, finds them again by their reference, and
 * keeps the files that its phones send.
 */
export async function provider(app: FastifyInstance, { deps }: { deps: Deps }): Promise<void> {
  // The signature covers the bytes of the body.
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body))
  const url = '/simulator/provider/:accountId/:senderId/messages'
  const quiet = { schema: { hide: true } }

  app.post(url, quiet, async (request, reply) => {
    const sender = await signedSender(deps, request as ProviderRequest)
    const message = messageIn((request as ProviderRequest).body)
    if (message === null) throw new Problem('invalid-request')
    const behaviour = await readSimulatorBehaviour(deps.db, sender.accountId)
    if (behaviour === 'refuse') {
      throw new Problem('invalid-request', { details: ['The simulated provider has been told to refuse.'] })
    }
    if (behaviour === 'slow') await pause(slowMs)
    const id = await insertSimulatorMessage(deps.db, sender.accountId, {
      senderId: sender.senderId,
      number: message.to,
      channel: sender.channel,
      direction: 'to-phone',
      title: message.title,
      text: message.text,
      file: null,
      status: 'accepted',
      reference: message.reference,
      statusUrl: message.statusUrl,
    })
    const reporting = reportDelivery(deps, sender, { id, statusUrl: message.statusUrl, behaviour }).catch((error) =>
      deps.log.warn({ err: error }, 'the simulator could not report a delivery'),
    )
    deps.background.add(reporting)
    reporting.finally(() => deps.background.delete(reporting))
    return reply.code(201).send({ id, status: 'accepted' })
  })

  app.get(url, quiet, async (request) => {
    const sender = await signedSender(deps, request as ProviderRequest)
    const { attempt } = (request as ProviderRequest).query
    if (typeof attempt !== 'string') throw new Problem('invalid-request')
    const message = await findSimulatorMessage(deps.db, sender.accountId, sender.senderId, attempt)
    return { message, now: new Date().toISOString() }
  })

  app.get('/simulator/provider/:accountId/:senderId/files/:id', quiet, async (request, reply) => {
    const sender = await signedSender(deps, request as ProviderRequest)
    const id = uuidParam((request as FastifyRequest<{ Params: { id: string } }>).params.id)
    const file = await readSimulatorFile(deps.db, sender.accountId, sender.senderId, id)
    if (file === null) throw new Problem('not-found')
    return reply.headers(downloadHeaders(file)).send(file.bytes)
  })
}

/** @throws Problem `not-found` for a sender that is not simulated, `unauthenticated` for a wrong signature. */
async function signedSender(deps: Deps, request: ProviderRequest): Promise<Sender> {
  const { accountId, senderId } = request.params
  const account = /^[0-9]{1,20}$/.test(accountId) ? await deps.accounts.get(accountId) : null
  const sender = account?.senders.get(senderId)
  if (sender?.connector !== `${sender?.channel}-simulator`) throw new Problem('not-found')
  const signed: [string, string, string | Buffer] = [request.method, request.raw.url ?? '', request.body ?? '']
  if (!isSignedBy(secretOf(sender), request.headers[signatureHeader], signed)) throw new Problem('unauthenticated')
  return sender
}

interface AcceptedMessage {
  readonly to: string
  readonly text: string
  readonly title: string | null
  readonly statusUrl: string
  readonly reference: string
}

/** Null for anything but a whole message: a provider is strict. */
function messageIn(body: Buffer): AcceptedMessage | null {
  let json: unknown
  try {
    json = JSON.parse(body.toString('utf8'))
  } catch {
    return null
  }
  if (!isRecord(json)) return null
  const { to, text, title, statusUrl, reference } = json
  if (!isText(to, 255) || !isText(text, 4_096) || !isText(statusUrl, 2_000) || !isText(reference, 200)) return null
  if (title !== null && !isText(title, 1_000)) return null
  return URL.canParse(statusUrl) ? { to, text, title, statusUrl, reference } : null
}

const isText = (value: unknown, most: number): value is string =>
  typeof value === 'string' && value.length > 0 && value.length <= most && isStorable(value)

/** The message arrives: first `sent`, then `delivered`, each told to the server like a provider's callback. */
async function reportDelivery(
  deps: Deps,
  sender: Sender,
  { id, statusUrl, behaviour }: { id: string; statusUrl: string; behaviour: SimulatorBehaviour },
): Promise<void> {
  for (const status of ['sent', 'delivered'] as const) {
    await pause(behaviour === 'slow' ? slowMs : stepMs)
    await setSimulatorStatus(deps.db, sender.accountId, id, status)
    if (behaviour === 'drop-receipts') continue
    for (let tries = 1; !(await callBack(deps, sender, statusUrl, { type: 'status', id, status })); tries++) {
      if (tries > retries) return
      await pause(retryMs)
    }
  }
}
