import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import { receive } from '../../actions/receive.ts'
import type { Deps } from '../../deps.ts'
import type { DeviceCaller } from '../../domain/caller.ts'
import { consumerText } from '../../domain/consumer-text.ts'
import { Problem } from '../../errors.ts'
import { findInInbox, listInbox, senderAnswered } from '../../store/inapp-inbox.ts'
import { callerOf } from '../callers.ts'
import { problemAnswer } from '../problem-answer.ts'
import { rateLimiter } from '../rate-limiter.ts'
import { noBearer } from './bearer.ts'
import { deviceMessage, presentMessage, providerIdOf } from './present-message.ts'
import { deviceUrls } from './signed-on-device.ts'

/** No thumb types more messages in a minute. */
const rate = { name: 'device-messages', points: 30, seconds: 60 }

const newMessage = Type.Object(
  {
    text: Type.String({ minLength: 1, maxLength: 4_000 }),
    clientId: Type.String({
      minLength: 1,
      maxLength: 100,
      pattern: '^[\\x21-\\x7e]+$',
      description: 'The app’s own id of this message: sent again under it, it is stored once.',
    }),
  },
  { additionalProperties: false },
)

/** What stands in the chat of the consumer, and what they write. */
export function ownMessages(scope: FastifyInstance, { deps }: { deps: Deps }): void {
  const routes = scope.withTypeProvider<TypeBoxTypeProvider>()
  const common = { tags: ['In-app'], security: [{ deviceToken: [] }] }
  const checkRate = rateLimiter(deps, rate)

  routes.get(
    deviceUrls.messages,
    {
      schema: {
        ...common,
        summary: 'Read the chat',
        description:
          'Every in-app message of this consumer, whichever of the brand’s apps it rang in, oldest first: the invites, what agents wrote, and the consumer’s own.',
        querystring: Type.Object(
          {
            before: Type.Optional(
              Type.String({ pattern: '^[0-9]{1,18}$', description: '`earlier` of the page after the one wanted.' }),
            ),
            limit: Type.Optional(
              Type.String({ pattern: '^([1-9][0-9]?|1[0-9][0-9]|200)$', description: '1 to 200; 50 unless said.' }),
            ),
          },
          { additionalProperties: false },
        ),
        response: {
          200: Type.Object({
            messages: Type.Array(deviceMessage),
            earlier: Type.Union([Type.String(), Type.Null()], {
              description: 'Where the page before ends; null: none.',
            }),
            cursor: Type.String({ description: 'Where the stream goes on.' }),
          }),
          '4xx': problemAnswer,
        },
      },
    },
    async (request) => {
      const caller = callerOf(request, 'device')
      const { before = null, limit = '50' } = request.query
      const { messages, earlier, change } = await listInbox(deps.db, caller, { before, limit: Number(limit) })
      return { messages: messages.map((message) => presentMessage(message, caller)), earlier, cursor: change }
    },
  )

  routes.post(
    deviceUrls.messages,
    {
      schema: {
        ...common,
        summary: 'Write to the brand',
        description:
          'The first answer to an invite opens the conversation. `inConversation` is false when the invite’s time is over and nobody will read it. 409 `conflict`: the `clientId` was another text’s.',
        body: newMessage,
        response: { 201: deviceMessage, '4xx': problemAnswer },
      },
    },
    async (request, reply) => {
      const caller = callerOf(request, 'device')
      if (request.body.text.trim() === '') throw new Problem('invalid-request', { details: ['The text is empty.'] })
      await checkRate(caller.deviceId)
      return reply.code(201).send(presentMessage(await hear(deps, caller, request.body), caller))
    },
  )
}

/**
 * Takes in what the consumer wrote as a connector's webhook would have brought it, on the app whose invite or
 * conversation it answers.
 * @throws Problem `conflict` when the `clientId` was another text's.
 */
async function hear(deps: Deps, caller: DeviceCaller, { text, clientId }: { text: string; clientId: string }) {
  const { accountId, consumerId } = caller
  const providerId = providerIdOf(caller, clientId)
  const known = () => findInInbox(deps.db, caller, providerId)
  let stored = await known()
  if (stored === null) {
    const senderId = (await senderAnswered(deps.db, caller)) ?? caller.senderId
    const sender = (await deps.accounts.get(accountId))?.senders.get(senderId)
    if (sender === undefined) throw noBearer()
    const heard = {
      ...({ kind: 'message', providerId, from: consumerId, text, media: [], at: null, keyword: null } as const),
      providerAnswersKeywords: false,
    }
    const receivedAt = deps.clock.now()
    await receive(deps, { kind: 'system', accountId }, { sender, heard: [heard], receivedAt, exchange: null })
    stored = await known()
  }
  if (stored === null) throw new Problem('unavailable')
  if (stored.text !== consumerText(text)) throw new Problem('conflict')
  return stored
}
