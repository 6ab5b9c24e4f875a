import { createHash } from 'node:crypto'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import { checkEligibility } from '../../../actions/check-eligibility.ts'
import { sendInvite } from '../../../actions/send-invite.ts'
import { vouchConsumer } from '../../../actions/vouch-consumer.ts'
import type { Deps } from '../../../deps.ts'
import type { CredentialCaller } from '../../../domain/caller.ts'
import { sandboxAccountId, sandboxConsumer } from '../../../domain/sandbox-account.ts'
import { Problem } from '../../../errors.ts'
import { signingKeys } from '../../../store/signing-keys.ts'
import { jsonBody } from '../../admin/json-body.ts'
import { consumerTokens } from '../../device/consumer-tokens.ts'
import { fromHere } from '../../same-site.ts'
import { pageFiles, pageUrl } from './page-files.ts'

const consumer = Type.Object(
  { consumerId: Type.String({ minLength: 1, maxLength: 255 }) },
  { additionalProperties: false },
)
/** The phone of whoever calls: each consumer's own, so that one's open conversation is no other's. */
const phoneOf = (consumerId: string) =>
  `+1206555${String(createHash('sha256').update(consumerId).digest().readUInt16BE() % 10_000).padStart(4, '0')}`
const caller: CredentialCaller = {
  kind: 'credential',
  accountId: sandboxAccountId,
  credentialId: 'sandbox-app',
  privileges: ['ivr.engagement', 'consumers.vouch'],
}

/**
 * The sandbox brand's own app, as a page, with what stands behind it: the backend that vouches for whoever says who they
 * are (nobody signs in to a sandbox), and the telephone menu that offers to go on in the app.
 */
export async function brandApp(app: FastifyInstance, { deps }: { deps: Deps }): Promise<void> {
  const tokens = consumerTokens(signingKeys(deps.db, deps.cipher, deps.clock), deps.clock)
  const ours = new URL(deps.publicUrl).origin
  const quiet = { hide: true }
  pageFiles(app)

  await app.register(async (backend) => {
    jsonBody(backend)
    backend.addHook('onRequest', async (request) => {
      if (request.method !== 'GET' && request.method !== 'HEAD' && !fromHere(request, ours))
        throw new Problem('cross-site')
    })
    const routes = backend.withTypeProvider<TypeBoxTypeProvider>()

    routes.get(`${pageUrl}/brand`, { schema: quiet }, async () => {
      const account = await deps.accounts.get(sandboxAccountId)
      const sender = [...(account?.senders.values() ?? [])].find((one) => one.connector === 'inapp-simulator')
      if (account == null || sender === undefined) throw new Problem('not-found')
      const webPush = [...account.senders.values()].some(
        (one) => one.connector === 'inapp-webpush' && one.enabled && one.address === sender.address,
      )
      const { accountId, title } = account
      return { accountId, title, app: sender.address, consumerId: sandboxConsumer, webPush }
    })

    routes.post(`${pageUrl}/consumer-token`, { schema: { ...quiet, body: consumer } }, async (request, reply) => {
      const account = await deps.accounts.get(sandboxAccountId)
      const sender = [...(account?.senders.values() ?? [])].find((one) => one.connector === 'inapp-simulator')
      const vouched = await vouchConsumer(deps, caller, { ...request.body, app: sender?.address ?? '' })
      return reply
        .code(201)
        .header('cache-control', 'no-store')
        .send(await tokens.issue(vouched))
    })

    routes.post(`${pageUrl}/call`, { schema: { ...quiet, body: consumer } }, async (request) => {
      const account = await deps.accounts.get(sandboxAccountId)
      const handoff = [...(account?.handoffs.values() ?? [])].find(
        (one) => one.enabled && one.channels.some(({ channel }) => channel === 'inapp'),
      )
      const skill = [...(account?.skills.values() ?? [])].find((one) => one.enabled && one.engaged)
      if (handoff === undefined || skill === undefined) throw new Problem('no-handoff')
      const { handoffId } = handoff
      const { consumerId } = request.body
      const input = {
        handoffId,
        explain: true,
        skill: skill.name,
        consumerPhoneNumber: phoneOf(consumerId),
        consumerId,
      }
      const { eligible, callId, reasons = [] } = await checkEligibility(deps, caller, input)
      if (!eligible) return { invited: false, callId, reasons: reasons.map(({ message }) => message) }
      await sendInvite(deps, caller, { callId })
      return { invited: true, callId, reasons: [] }
    })
  })
}
