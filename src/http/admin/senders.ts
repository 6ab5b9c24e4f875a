import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import { checkSender, shownHookUrl } from '../../actions/check-sender.ts'
import { saveSender } from '../../actions/save-sender.ts'
import type { Deps } from '../../deps.ts'
import { channels } from '../../domain/channel.ts'
import { presentSender, type ShownSender } from '../../domain/present-sender.ts'
import { listTrouble, type SenderTrouble } from '../../store/circuits.ts'
import { configOf } from './config-of.ts'
import { permit } from './permit.ts'
import { newSender, ofAccount, ofUuid, senderAnswer, senderChange } from './schemas.ts'

const connectorAnswer = Type.Object({
  name: Type.String(),
  channel: Type.Enum(channels),
  settings: Type.Record(Type.String(), Type.Unknown(), { description: 'JSON schema; `secret: true` marks a secret.' }),
})

const listedSender = Type.Object({
  ...senderAnswer.properties,
  trouble: Type.Union(
    [
      Type.Object({
        state: Type.Enum(['closed', 'open', 'half-open'] as const, {
          description: 'open: the provider failed again and again, and is left out until `openUntil`.',
        }),
        failures: Type.Integer({ description: 'One after the other.' }),
        lastKind: Type.Union([Type.String(), Type.Null()]),
        openUntil: Type.Union([Type.String({ format: 'date-time' }), Type.Null()]),
      }),
      Type.Null(),
    ],
    { description: 'Null while the provider works.' },
  ),
})

export function senders(app: FastifyInstance, { deps }: { deps: Deps }): void {
  const routes = app.withTypeProvider<TypeBoxTypeProvider>()

  routes.get(
    '/connectors',
    {
      schema: {
        tags: ['admin'],
        summary: 'List the connectors and what a sender of each needs',
        params: ofAccount,
        response: { 200: Type.Object({ connectors: Type.Array(connectorAnswer) }) },
      },
    },
    async (request) => {
      permit(request, 'senders.read')
      return {
        connectors: [...deps.connectors.values()].map(({ name, channel, settings }) => ({
          name,
          channel,
          settings: { ...settings } as Record<string, unknown>,
        })),
      }
    },
  )

  routes.get(
    '/senders',
    {
      schema: {
        tags: ['admin'],
        summary: 'List the senders, without their secrets',
        params: ofAccount,
        response: { 200: Type.Object({ senders: Type.Array(listedSender) }) },
      },
    },
    async (request) => {
      const permitted = permit(request, 'senders.read')
      const [config, trouble] = await Promise.all([
        configOf(deps, permitted),
        listTrouble(deps.db, permitted.accountId),
      ])
      return {
        senders: [...config.senders.values()]
          .map((sender) => ({
            ...writable(deps, permitted.accountId, presentSender(sender, deps.connectors.get(sender.connector))),
            trouble: shownTrouble(trouble.get(sender.senderId)),
          }))
          .sort((a, b) => a.title.localeCompare(b.title)),
      }
    },
  )

  routes.post(
    '/senders',
    {
      schema: {
        tags: ['admin'],
        summary: 'Add a sender',
        params: ofAccount,
        body: newSender,
        response: { 201: senderAnswer },
      },
    },
    async (request, reply) => {
      const { caller, accountId } = permit(request, 'senders.change')
      const saved = await saveSender(deps, caller, accountId, null, request.body)
      return reply.code(201).send(writable(deps, accountId, saved))
    },
  )

  routes.patch(
    '/senders/:senderId',
    {
      schema: {
        tags: ['admin'],
        summary: 'Change, disable or enable a sender',
        description:
          'Settings are laid over what is there; null takes one away. A change lets a broken sender try again.',
        params: ofUuid('senderId'),
        body: senderChange,
        response: { 200: senderAnswer },
      },
    },
    async (request) => {
      const { caller, accountId } = permit(request, 'senders.change')
      const saved = await saveSender(deps, caller, accountId, request.params.senderId, request.body)
      return writable(deps, accountId, saved)
    },
  )

  routes.post(
    '/senders/:senderId/check',
    {
      schema: {
        tags: ['admin'],
        summary: 'Check a sender: what is wrong, and what to do',
        description:
          'Looks at its settings, asks the provider about credentials, number, registration and webhook, and at how the last sends went. Sends nothing.',
        params: ofUuid('senderId'),
        response: { 200: checkAnswer },
      },
    },
    async (request) => {
      const permitted = permit(request, 'senders.change')
      const config = await configOf(deps, permitted)
      const checks = await checkSender(deps, permitted.caller, config, request.params.senderId)
      return { ok: checks.every(({ ok }) => ok), checks: [...checks] }
    },
  )
}

const checkAnswer = Type.Object({
  ok: Type.Boolean(),
  checks: Type.Array(
    Type.Object({
      what: Type.String({
        description:
          'settings, switch, public-address, credentials, number, messaging-service, registration, quality, webhook, templates, provider, last-send, connector.',
      }),
      ok: Type.Boolean(),
      sentence: Type.String({ description: 'How it is, and what to do when it is wrong.' }),
    }),
  ),
})

const shownTrouble = (trouble: SenderTrouble | undefined) =>
  trouble === undefined ? null : { ...trouble, openUntil: trouble.openUntil?.toISOString() ?? null }

const writable = (deps: Deps, accountId: string, sender: ShownSender) => ({
  ...sender,
  hookUrl: shownHookUrl(deps, { ...sender, accountId }),
  settings: { ...sender.settings },
  secrets: [...sender.secrets],
})
