import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { type Static, Type } from 'typebox'
import type { Deps } from '../../deps.ts'
import type { AccountConfig } from '../../domain/account.ts'
import { channels } from '../../domain/channel.ts'
import { parsePhone } from '../../domain/phone.ts'
import { sandboxAccountId } from '../../domain/sandbox-account.ts'
import { Problem } from '../../errors.ts'
import { insertDevice } from '../../store/devices.ts'
import { putSimulatorBehaviour, readSimulatorBehaviour, simulatorBehaviours } from '../../store/simulator-behaviours.ts'
import { viewTransaction } from '../../store/transaction-views.ts'
import { callerOf } from '../callers.ts'
import { problemAnswer } from '../problem-answer.ts'
import { requireSession } from '../require-session.ts'
import { uuidParam } from '../uuid-param.ts'
import { askAsIvr } from './ask-as-ivr.ts'
import { ivrLines } from './ivr-lines.ts'

const text = Type.String()
const maybe = Type.Union([text, Type.Null()])
const time = Type.String({ format: 'date-time' })
const channel = Type.Enum(channels)
const tags = ['Simulator']

const exchange = Type.Object({
  at: time,
  method: Type.Literal('POST'),
  url: text,
  body: Type.Unknown(),
  status: Type.Integer(),
  answer: Type.Unknown({ description: 'As the IVR got it.' }),
  ms: Type.Number({ description: 'From the request to the last byte of the answer.' }),
})

const behaviour = Type.Object(
  {
    behaviour: Type.Enum(simulatorBehaviours, {
      description: 'Of the pretend provider: as it should; slow; refuses; or delivers and tells nothing.',
    }),
  },
  { additionalProperties: false },
)

const steps = Type.Object({
  steps: Type.Array(
    Type.Object({
      at: time,
      step: text,
      channel: Type.Union([channel, Type.Null()]),
      details: Type.Unsafe<Record<string, unknown>>({ type: 'object', additionalProperties: true }),
    }),
  ),
  exchanges: Type.Array(
    Type.Object({
      at: time,
      direction: Type.Enum(['in', 'out'] as const),
      method: text,
      url: text,
      requestBody: maybe,
      status: Type.Union([Type.Integer(), Type.Null()]),
      answerBody: maybe,
      failure: maybe,
      durationMs: Type.Integer(),
    }),
    { description: 'What was said between us and the pretend provider, redacted.' },
  ),
})

const consumerPrefix = 'caller-'

const names = [
  ['Maria', 'Lopez'],
  ['James', 'Reed'],
  ['Aiko', 'Tanaka'],
  ['Omar', 'Haddad'],
  ['Lena', 'Vogel'],
  ['Priya', 'Nair'],
] as const

/** What the sandbox's IVR knows of whoever calls, for the agent to see: always the same of the same number. */
function knownOf(phone: string) {
  const number = Number(phone.slice(-4))
  const [firstname, lastname] = names[number % names.length]!
  return [
    { type: 'personal', info: { firstname, lastname, language: 'en' } },
    { type: 'ctmrinfo', info: { ctype: 'VIP', cstatus: 'Gold', customerId: `C-${number}` } },
  ]
}

/**
 * The pretend caller and the brand's pretend telephone menu: what the page "Try it" plays. For people who are signed in
 * to the sandbox brand itself; to everybody else there is no such thing. The menu asks the published API as any IVR
 * does, with the brand's own credentials, which never leave the server.
 */
export async function pretendCalls(app: FastifyInstance, { deps }: { deps: Deps }): Promise<void> {
  await requireSession(app, deps)
  const ask = askAsIvr(deps)
  const routes = app.withTypeProvider<TypeBoxTypeProvider>()

  routes.get(
    '/simulator/lines',
    {
      schema: {
        ...{ tags, summary: 'Numbers a pretend caller can dial' },
        description: 'One for each handoff whose senders are all simulated. Only in the sandbox.',
        response: {
          200: Type.Object({
            brand: text,
            consumerPrefix: Type.String({
              description: 'In the brand’s app a caller is this and the digits of their number.',
            }),
            lines: Type.Array(
              Type.Object({ number: text, handoffId: text, title: text, channels: Type.Array(channel), skill: text }),
            ),
          }),
          '4xx': problemAnswer,
        },
      },
    },
    async (request) => {
      const account = await sandboxOf(deps, request)
      const lines = ivrLines(account).map((line) => ({ ...line, channels: [...line.channels] }))
      return { brand: account.title, consumerPrefix, lines }
    },
  )

  routes.post(
    '/simulator/calls',
    {
      schema: {
        ...{ tags, summary: 'Call a pretend number' },
        description:
          'The menu that answers asks the published API whether the caller is eligible. Only in the sandbox.',
        body: Type.Object(
          {
            from: Type.String({ maxLength: 40, description: 'The caller’s number, international.' }),
            number: Type.String({ maxLength: 40, description: 'One of the lines.' }),
          },
          { additionalProperties: false },
        ),
        response: { 200: Type.Object({ exchange }), '4xx': problemAnswer, '5xx': problemAnswer },
      },
    },
    async (request) => {
      const account = await sandboxOf(deps, request)
      const from = parsePhone(request.body.from)
      if (from === null) throw new Problem('invalid-phone')
      const line = ivrLines(account).find(({ number }) => number === request.body.number)
      if (line === undefined) throw new Problem('not-found', { details: ['No telephone menu has this number.'] })
      const consumerId = line.channels.includes('inapp') ? consumerPrefix + from.slice(1) : null
      if (consumerId !== null) await giveApp(deps, account, consumerId)
      return {
        exchange: await ask(account, '/eligibility?v=2.0&explain=true', {
          skill: line.skill,
          consumerPhoneNumber: from,
          handoffId: line.handoffId,
          ivrNumber: line.number,
          ...(consumerId === null ? {} : { consumerId }),
          sdes: knownOf(from),
        }),
      }
    },
  )

  routes.post(
    '/simulator/calls/:callId/invite',
    {
      schema: {
        ...{ tags, summary: 'Press 1 in a pretend call' },
        description: 'The menu sends the invite by the published API. Only in the sandbox.',
        params: Type.Object({ callId: text }),
        response: { 200: Type.Object({ exchange }), '4xx': problemAnswer, '5xx': problemAnswer },
      },
    },
    async (request) => {
      const account = await sandboxOf(deps, request)
      const callId = uuidParam(request.params.callId)
      const call = await viewTransaction(deps.db, account.accountId, callId)
      // A call of a handoff that can reach real phones is not this page's to go on with.
      if (call === null || !ivrLines(account).some(({ handoffId }) => handoffId === call.handoffId)) {
        throw new Problem('not-found')
      }
      return { exchange: await ask(account, '/invite?v=2.0', { callId }) }
    },
  )

  routes.get(
    '/simulator/calls/:callId',
    {
      schema: {
        ...{ tags, summary: 'Watch a pretend call' },
        description: 'Its steps, and what was said to the pretend provider. Only in the sandbox.',
        params: Type.Object({ callId: text }),
        response: { 200: steps, '4xx': problemAnswer },
      },
    },
    async (request) => {
      const { accountId } = await sandboxOf(deps, request)
      const call = await viewTransaction(deps.db, accountId, uuidParam(request.params.callId))
      if (call === null) throw new Problem('not-found')
      return {
        steps: call.steps.map((step) => ({ ...step, at: step.at.toISOString() })),
        exchanges: call.exchanges.map((one) => ({ ...one, at: one.at.toISOString() })),
      } satisfies Static<typeof steps>
    },
  )

  routes.get(
    '/simulator/provider',
    {
      schema: {
        ...{ tags, summary: 'How the pretend provider behaves' },
        response: { 200: behaviour, '4xx': problemAnswer },
      },
    },
    async (request) => {
      const { accountId } = await sandboxOf(deps, request)
      return { behaviour: await readSimulatorBehaviour(deps.db, accountId) }
    },
  )

  routes.put(
    '/simulator/provider',
    {
      schema: {
        ...{ tags, summary: 'Make the pretend provider behave otherwise' },
        description: 'From the next message on. Only in the sandbox.',
        body: behaviour,
        response: { 200: behaviour, '4xx': problemAnswer },
      },
    },
    async (request) => {
      const { accountId } = await sandboxOf(deps, request)
      await putSimulatorBehaviour(deps.db, accountId, request.body.behaviour)
      return { behaviour: request.body.behaviour }
    },
  )
}

/** Whoever calls has the brand's app on their pretend phone. */
async function giveApp({ db, cipher }: Deps, { accountId, senders }: AccountConfig, consumerId: string): Promise<void> {
  const sender = [...senders.values()].find(({ connector }) => connector === 'inapp-simulator')
  if (sender === undefined) return
  const device = { senderId: sender.senderId, consumerId, platform: 'simulator', token: consumerId } as const
  await insertDevice(db, cipher, accountId, device)
}

/** @throws Problem `not-found` for whoever is signed in to another brand. */
async function sandboxOf(deps: Deps, request: FastifyRequest): Promise<AccountConfig> {
  const { accountId } = callerOf(request, 'user')
  const account = accountId === sandboxAccountId ? await deps.accounts.get(accountId) : null
  if (account === null || account === undefined) throw new Problem('not-found')
  return account
}
