import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import type { Deps } from '../../deps.ts'
import { channels } from '../../domain/channel.ts'
import { consumerText } from '../../domain/consumer-text.ts'
import { hookPath } from '../../domain/hook-path.ts'
import { isStorable } from '../../domain/outside-data.ts'
import { parsePhone } from '../../domain/phone.ts'
import { Problem } from '../../errors.ts'
import {
  findSimulatorSender,
  insertSimulatorMessage,
  readSimulatorPhone,
  type SimulatorMessage,
  setSimulatorStatus,
} from '../../store/simulator-messages.ts'
import { callBack } from './call-back.ts'

/** A screenful and more; older messages stay stored. */
const mostShown = 200

const params = Type.Object({
  number: Type.String({
    minLength: 1,
    maxLength: 100,
    description: 'The pretend phone’s number in E.164, with or without the plus; for in-app the consumer’s id.',
    examples: ['+12065551004'],
  }),
})

const channel = Type.Enum(channels, { description: '`sms`, `wa` or `inapp`.' })

const newMessage = Type.Object(
  {
    channel,
    text: Type.String({ minLength: 1, maxLength: 10_000, description: 'What the consumer types.' }),
    to: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 255,
        description:
          'Address of the sender to write to. Default: the one that last wrote to this phone on the channel.',
      }),
    ),
  },
  { additionalProperties: false, examples: [{ channel: 'sms', text: 'Yes please' }] },
)

const phoneMessage = Type.Object({
  id: Type.String(),
  direction: Type.Enum(['to-phone', 'from-phone']),
  channel,
  from: Type.String(),
  to: Type.String(),
  title: Type.Optional(Type.String({ description: 'In-app: the push’s title.' })),
  text: Type.String(),
  at: Type.String({ format: 'date-time' }),
  status: Type.Enum(['accepted', 'sent', 'delivered', 'received', 'failed'], {
    description: 'To the phone: accepted, sent, delivered. From it: accepted, received by the server, or failed.',
  }),
})

/** The pretend phones of the sandbox: what stands on their screens, and what their owners type. */
export async function phones(app: FastifyInstance, { deps }: { deps: Deps }): Promise<void> {
  const routes = app.withTypeProvider<TypeBoxTypeProvider>()
  const url = '/simulator/phones/:number/messages'
  const tags = ['Simulator']

  routes.get(
    url,
    {
      schema: {
        ...{ tags, params, summary: 'Look at a pretend phone' },
        description: 'Its messages of every simulated sender, oldest first, at most 200. Only in the sandbox.',
        response: { 200: Type.Array(phoneMessage) },
      },
    },
    async (request) => (await readSimulatorPhone(deps.db, namesOf(request.params.number), mostShown)).map(present),
  )

  routes.post(
    url,
    {
      schema: {
        ...{ tags, params, summary: 'Type on a pretend phone' },
        description:
          'Goes to the server by the same signed webhook as a real provider’s. Answered once the server has stored it. Only in the sandbox.',
        body: newMessage,
        response: { 201: phoneMessage },
      },
    },
    async (request, reply) => {
      const { channel: written, to = null } = request.body
      const [raw] = namesOf(request.params.number) as [string]
      const number = written === 'inapp' ? raw : (phoneNumber(raw) ?? raw)
      const found = await findSimulatorSender(deps.db, number, written, to)
      const account = found === null ? null : await deps.accounts.get(found.accountId)
      const sender = account?.senders.get(found?.senderId ?? '')
      if (sender === undefined)
        throw new Problem('not-found', {
          details: ['No simulated sender has written to this phone on this channel; name one in `to`.'],
        })
      const { accountId, senderId } = sender
      const text = consumerText(request.body.text)
      const message = { senderId, number, channel: sender.channel, direction: 'from-phone', text } as const
      const id = await insertSimulatorMessage(deps.db, accountId, {
        ...message,
        ...{ title: null, status: 'accepted', reference: null, statusUrl: null },
      })
      const hook = deps.publicUrl + hookPath(sender.connector, accountId, senderId)
      const received = await callBack(deps, sender, hook, { type: 'message', id, from: number, text })
      const status = received ? 'received' : 'failed'
      await setSimulatorStatus(deps.db, accountId, id, status)
      if (!received) throw new Problem('unavailable', { details: ['The server did not take the message.'] })
      const at = deps.clock.now()
      const shown = { ...message, id, accountId, senderAddress: sender.address, title: null, status, at } as const
      return reply.code(201).send(present(shown))
    },
  )
}

/** A phone number may come without its plus, which some tools turn into a space; null: it is a consumer's id. */
const phoneNumber = (raw: string): string | null => parsePhone(raw) ?? parsePhone(`+${raw.trim()}`)

/** @throws Problem `not-found` for what no phone can be called. */
function namesOf(raw: string): readonly string[] {
  if (!isStorable(raw)) throw new Problem('not-found')
  return [...new Set([raw, phoneNumber(raw) ?? raw])]
}

function present(message: SimulatorMessage) {
  const toPhone = message.direction === 'to-phone'
  return {
    id: message.id,
    direction: message.direction,
    channel: message.channel,
    from: toPhone ? message.senderAddress : message.number,
    to: toPhone ? message.number : message.senderAddress,
    ...(message.title === null ? {} : { title: message.title }),
    text: message.text,
    at: message.at.toISOString(),
    status: message.status,
  }
}
