import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyInstance } from 'fastify'
import { type Static, Type } from 'typebox'
import { shownHookUrl } from '../../actions/check-sender.ts'
import { type Onboarded, type Onboarding, onboardAccount } from '../../actions/onboard-account.ts'
import { saveAccount } from '../../actions/save-account.ts'
import type { Deps } from '../../deps.ts'
import { inviteTtlSeconds, lookbackMinutes } from '../../domain/handoff.ts'
import { may } from '../../domain/policy.ts'
import { Problem } from '../../errors.ts'
import { listAccounts } from '../../store/accounts.ts'
import { handoffChannels } from '../admin/handoff-channels.ts'
import {
  accountId,
  apiKeyAnswer,
  appAnswer,
  email,
  hookUrl,
  moments,
  newHandoff,
  newSender,
  ofAccount,
  privilegeList,
  region,
  role,
  settingsChange,
  strict,
  title,
} from '../admin/schemas.ts'
import { callerOf } from '../callers.ts'

const accountAnswer = Type.Object({
  accountId: Type.String(),
  title: Type.String(),
  region,
  enabled: Type.Boolean(),
  createdAt: moments.createdAt,
})

const onboardingBody = strict({
  accountId,
  title,
  region: Type.Optional(region),
  settings: Type.Optional(
    Type.Union([settingsChange, Type.Null()], { description: 'Null: left unsaved; the contract then answers 1600.' }),
  ),
  skills: Type.Optional(Type.Array(title, { maxItems: 200, description: 'Each is switched on for deflection.' })),
  administrator: Type.Optional(strict({ email, name: Type.Optional(title) })),
  senders: Type.Optional(Type.Array(newSender, { maxItems: 50 })),
  handoffs: Type.Optional(
    Type.Array(newHandoff, {
      maxItems: 50,
      description: 'They name their senders by address: the ids are not known yet.',
    }),
  ),
  privileges: Type.Optional(privilegeList),
})

const onboardedAnswer = Type.Object({
  accountId: Type.String(),
  title: Type.String(),
  region,
  apiKey: apiKeyAnswer,
  app: appAnswer,
  users: Type.Array(
    Type.Object({
      userId: Type.String(),
      email: Type.String(),
      role,
      password: Type.String({ description: 'Shown this once.' }),
    }),
  ),
  skills: Type.Array(Type.Object({ skillId: Type.String(), name: Type.String() })),
  senders: Type.Array(Type.Object({ senderId: Type.String(), address: Type.String(), hookUrl })),
  handoffs: Type.Array(Type.Object({ handoffId: Type.String(), title: Type.String() })),
  warnings: Type.Array(Type.String()),
})

export function accounts(app: FastifyInstance, { deps }: { deps: Deps }): void {
  const routes = app.withTypeProvider<TypeBoxTypeProvider>()
  const permitted = (
    request: Parameters<typeof callerOf>[0],
    act: 'accounts.read' | 'accounts.create' | 'accounts.change',
  ) => {
    const caller = callerOf(request, 'operator')
    if (!may(caller, act)) throw new Problem('forbidden')
    return caller
  }

  routes.get(
    '/accounts',
    {
      schema: {
        tags: ['operator'],
        summary: 'List the accounts of this deployment',
        response: { 200: Type.Object({ accounts: Type.Array(accountAnswer) }) },
      },
    },
    async (request) => {
      permitted(request, 'accounts.read')
      return { accounts: [...(await listAccounts(deps.db))] }
    },
  )

  routes.get(
    '/accounts/:accountId',
    {
      schema: { tags: ['operator'], summary: 'Show an account', params: ofAccount, response: { 200: accountAnswer } },
    },
    async (request) => {
      permitted(request, 'accounts.read')
      const [account] = await listAccounts(deps.db, request.params.accountId)
      if (account === undefined) throw new Problem('not-found')
      return account
    },
  )

  routes.post(
    '/accounts',
    {
      schema: {
        tags: ['operator'],
        summary: 'Onboard an account',
        description:
          'Makes the account with its internal user and app, an API key, an app, its first administrator, settings, and the skills, senders and handoffs given: all of it or nothing. Secrets in the answer are shown this once.',
        body: onboardingBody,
        response: { 201: onboardedAnswer },
      },
    },
    async (request, reply) => {
      const caller = permitted(request, 'accounts.create')
      const onboarded = await onboardAccount(deps, caller, onboardingOf(deps, request.body))
      return reply.code(201).send(writable(deps, onboarded))
    },
  )

  routes.patch(
    '/accounts/:accountId',
    {
      schema: {
        tags: ['operator'],
        summary: 'Rename, move, disable or enable an account',
        description: 'A disabled account refuses its credentials, users and calls; nothing of it is lost.',
        params: ofAccount,
        body: strict({
          title: Type.Optional(title),
          region: Type.Optional(region),
          enabled: Type.Optional(Type.Boolean()),
        }),
        response: { 200: accountAnswer },
      },
    },
    async (request) => saveAccount(deps, permitted(request, 'accounts.change'), request.params.accountId, request.body),
  )
}

function onboardingOf(deps: Deps, body: Static<typeof onboardingBody>): Onboarding {
  const administrator = body.administrator ?? { email: `admin@${body.accountId}.example` }
  return {
    accountId: body.accountId,
    title: body.title,
    region: body.region ?? deps.config.region,
    settings: body.settings === undefined ? {} : body.settings,
    skills: body.skills ?? [],
    users: [
      { email: administrator.email, name: administrator.name ?? 'Administrator', role: 'administrator', skills: [] },
    ],
    senders: (body.senders ?? []).map((sender) => ({ settings: {}, title: sender.address, ...sender })),
    templates: [],
    handoffs: (body.handoffs ?? []).map((handoff) => ({
      enabled: true,
      lookbackMinutes: lookbackMinutes.default,
      skills: null,
      routeAllWithinLookback: false,
      openConversation: 'refuse',
      inviteTtlSeconds: inviteTtlSeconds.default,
      ...handoff,
      channels: handoffChannels(handoff.channels),
    })),
    privileges: body.privileges ?? ['ivr.engagement', 'reporting', 'handoffs.read'],
  }
}

const writable = (deps: Deps, { accountId, ...onboarded }: Onboarded) =>
  ({
    ...{ accountId, ...onboarded },
    senders: onboarded.senders.map((sender) => ({
      ...{ senderId: sender.senderId, address: sender.address },
      hookUrl: shownHookUrl(deps, { ...sender, accountId }),
    })),
  }) as Static<typeof onboardedAnswer>
