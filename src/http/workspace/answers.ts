import { Type } from 'typebox'
import { channels } from '../../domain/channel.ts'
import { conversationActs } from '../../domain/conversation-acts.ts'
import { shownKinds, statusRanks } from '../../domain/message.ts'
import { returnReasons } from '../../domain/routing.ts'

const time = Type.String({ format: 'date-time' })
const orNull = <T extends Parameters<typeof Type.Union>[0][number]>(schema: T) => Type.Union([schema, Type.Null()])
const person = Type.Object({ userId: Type.String(), name: Type.String() })
const channel = Type.Enum(channels)

/** A conversation in a list. */
export const conversationAnswer = Type.Object({
  conversationId: Type.String(),
  state: Type.Enum(['queued', 'assigned', 'closed']),
  channel,
  skill: Type.Object({ skillId: Type.String(), name: Type.String() }),
  sender: Type.Object({
    title: Type.String(),
    address: Type.String({ description: 'The brand’s own number or app.' }),
  }),
  consumer: Type.Object({
    address: Type.String({ description: 'Only its last digits for those who do not talk to the consumer.' }),
    phone: orNull(Type.String()),
    name: orNull(Type.String({ description: 'As the brand’s phone system gave it with the call.' })),
    optedOut: Type.Boolean({ description: 'The consumer cannot be written to on this channel.' }),
  }),
  owner: orNull(person),
  callId: orNull(Type.String()),
  openedAt: time,
  queuedAt: time,
  takenAt: orNull(time),
  closedAt: orNull(time),
  closedBy: orNull(Type.Enum(['agent', 'consumer', 'system'])),
  lastInboundAt: orNull(time),
  lastMessageAt: time,
  version: Type.String({ description: 'Counts the changes of this conversation.' }),
  priority: Type.Integer({ description: 'The higher goes first.' }),
  unread: Type.Integer({ description: 'The consumer’s messages that its owner has neither seen nor answered.' }),
  waitingSince: orNull(
    Type.String({ format: 'date-time', description: 'Of the consumer’s oldest message that no person has answered.' }),
  ),
  lastText: Type.String({
    description:
      'Of the newest message, at most 120 characters; of a file without words what it is, `Picture` and the like.',
  }),
  lastDirection: orNull(Type.Enum(['in', 'out'])),
  tags: Type.Array(Type.String()),
  offer: orNull(Type.Object({ userId: Type.String(), until: time })),
  joined: Type.Array(person, { description: 'Who reads along beside the owner.' }),
  survey: orNull(Type.Object({ asked: time, score: orNull(Type.Integer()) })),
  returnedFor: orNull(Type.Enum(returnReasons, { description: 'Why it stands in the queue again.' })),
})

export const messageAnswer = Type.Object({
  messageId: Type.String(),
  number: Type.String({ description: 'Orders the messages of a conversation; digits.' }),
  direction: Type.Enum(['in', 'out']),
  kind: Type.Enum(shownKinds, { description: '`note`: among colleagues, never sent.' }),
  channel,
  text: Type.String(),
  media: Type.Array(Type.Object({ url: Type.String(), contentType: Type.String(), fileName: orNull(Type.String()) }), {
    description: 'Files; those of the consumer are fetched from their provider when they are asked for.',
  }),
  author: orNull(person),
  clientId: orNull(Type.String()),
  status: orNull(Type.Enum(Object.keys(statusRanks) as (keyof typeof statusRanks)[])),
  failure: orNull(
    Type.Object({ kind: Type.String(), sentence: Type.String({ description: 'For the agent, in plain words.' }) }),
  ),
  createdAt: time,
  sentAt: orNull(time),
  deliveredAt: orNull(time),
  readAt: orNull(time),
  failedAt: orNull(time),
})

const anyObject = Type.Unsafe<Record<string, unknown> | null>({ type: ['object', 'null'], additionalProperties: true })

export const wholeConversationAnswer = Type.Object({
  conversation: conversationAnswer,
  messages: Type.Array(messageAnswer, { description: 'The newest 200, oldest first.' }),
  earlierMessages: orNull(Type.String({ description: 'Cursor of the page before.' })),
  consumerTyping: Type.Boolean({ description: 'In-app: within the last seconds.' }),
  call: orNull(
    Type.Object({
      callId: Type.String(),
      attemptedAt: time,
      invitedAt: orNull(time),
      ivrNumber: orNull(Type.String()),
      handoffId: Type.String(),
      handoffTitle: orNull(Type.String()),
      handoffVersion: orNull(
        Type.Integer({ description: 'Of the handoff, when the call came; null: the handoff is gone.' }),
      ),
      inviteText: orNull(Type.String()),
      sdes: Type.Object({
        verified: Type.Boolean({ description: 'The brand’s own phone system said it, over an authenticated call.' }),
        ctmrinfo: anyObject,
        personal: anyObject,
      }),
    }),
  ),
  lastInvites: Type.Array(messageAnswer, { description: 'At most five of the last 30 days, newest first.' }),
  previousConversations: Type.Array(Type.Object({ ...conversationAnswer.properties, readable: Type.Boolean() }), {
    description:
      'At most ten with the same consumer, newest first. Of one that is not `readable` nothing of what it holds is told.',
  }),
  window: orNull(
    Type.Object(
      { endsAt: time, closed: Type.Boolean() },
      {
        description: 'WhatsApp: until when free text may be sent; null where there is no such limit.',
      },
    ),
  ),
  acts: Type.Array(Type.Object({ act: Type.Enum(conversationActs), refusal: orNull(Type.String()) }), {
    description: 'What this person may do; `refusal` is the code that the act would be answered with.',
  }),
})

export const queueAnswer = Type.Object({
  skills: Type.Array(
    Type.Object({
      skillId: Type.String(),
      name: Type.String(),
      waiting: Type.Integer(),
      waitingSince: orNull(time),
    }),
  ),
  conversations: Type.Array(conversationAnswer, { description: 'Longest waiting first, at most 100.' }),
})

export const listAnswer = Type.Object({
  conversations: Type.Array(conversationAnswer),
  next: orNull(Type.String({ description: 'Cursor of the next page.' })),
})

export const messagesAnswer = Type.Object({
  messages: Type.Array(messageAnswer),
  earlier: orNull(Type.String({ description: 'Cursor of the page before.' })),
})

export const replyTemplatesAnswer = Type.Object({
  templates: Type.Array(
    Type.Object({
      templateId: Type.String(),
      name: Type.String(),
      language: Type.String(),
      body: Type.String(),
      variables: Type.Object(
        { body: Type.Array(Type.String()), header: Type.Array(Type.String()), buttons: Type.Array(Type.String()) },
        { description: 'Names of the variables that must be given.' },
      ),
    }),
  ),
})

export const replyAnswer = Type.Object({ messageId: Type.String() })
