import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import type { Deps } from '../../deps.ts'
import { channels } from '../../domain/channel.ts'
import { consumerText } from '../../domain/consumer-text.ts'
import { readSimulatorPhone } from '../../store/simulator-messages.ts'
import { phoneMessage, presentPhoneMessage } from './phone-message.ts'
import { phoneNames } from './phone-names.ts'
import { sendFromPhone } from './send-from-phone.ts'

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

const newMessage = Type.Object(
  {
    channel: Type.Enum(channels, { description: '`sms`, `wa` or `inapp`.' }),
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
    async (request) => {
      const messages = await readSimulatorPhone(deps.db, phoneNames(request.params.number), mostShown)
      return messages.map(presentPhoneMessage)
    },
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
      const { channel, to = null } = request.body
      const typed = { channel, to, text: consumerText(request.body.text), file: null }
      return reply.code(201).send(presentPhoneMessage(await sendFromPhone(deps, request.params.number, typed)))
    },
  )
}
