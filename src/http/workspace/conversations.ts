import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import { listConversations } from '../../actions/list-conversations.ts'
import { readConversation } from '../../actions/read-conversation.ts'
import { readMessages } from '../../actions/read-messages.ts'
import type { Deps } from '../../deps.ts'
import { conversationLists } from '../../store/conversation-views.ts'
import { callerOf } from '../callers.ts'
import { problemAnswer } from '../problem-answer.ts'
import { uuidParam } from '../uuid-param.ts'
import { listAnswer, messagesAnswer, wholeConversationAnswer } from './answers.ts'
import { cursorOf, placeOf } from './cursor.ts'
import { presentCall, presentConversation, presentMessage } from './present.ts'

const byId = Type.Object({ conversationId: Type.String() })
const cursor = Type.Optional(Type.String({ maxLength: 200, description: 'From the page before, as it was given.' }))
const limit = (most: number, usual: number) =>
  Type.Optional(Type.String({ pattern: '^[0-9]{1,4}$', description: `1 to ${most}; ${usual} when not given.` }))
const limitOf = (given: string | undefined, most: number, usual: number) =>
  Math.min(most, Math.max(1, given === undefined ? usual : Number(given)))

/** Conversations to read: lists, one whole, and older messages. */
export function conversations(scope: FastifyInstance, deps: Deps): void {
  const routes = scope.withTypeProvider<TypeBoxTypeProvider>()

  routes.get(
    '/api/workspace/conversations',
    {
      schema: {
        tags: ['workspace'],
        summary: 'Conversations, newest first',
        description:
          '`mine`: what one owns. `closed`: what one handled, or everything for those who oversee. `open`: everything open, for those who oversee.',
        querystring: Type.Object({
          list: Type.Optional(Type.Enum(conversationLists, { default: 'mine' })),
          cursor,
          limit: limit(100, 50),
        }),
        response: { 200: listAnswer, '4xx': problemAnswer },
      },
    },
    async (request) => {
      const { list = 'mine', ...page } = request.query
      const { conversations, next } = await listConversations(deps, callerOf(request, 'user'), list, {
        after: placeOf(page.cursor),
        limit: limitOf(page.limit, 100, 50),
      })
      return { conversations: conversations.map(presentConversation), next: cursorOf(next) }
    },
  )

  routes.get(
    '/api/workspace/conversations/:conversationId',
    {
      schema: {
        tags: ['workspace'],
        summary: 'One conversation with everything its agent needs',
        params: byId,
        response: { 200: wholeConversationAnswer, '4xx': problemAnswer },
      },
    },
    async (request) => {
      const id = uuidParam(request.params.conversationId)
      const whole = await readConversation(deps, callerOf(request, 'user'), id)
      return {
        conversation: presentConversation(whole.conversation),
        messages: whole.messages.map(presentMessage),
        earlierMessages: whole.earlierMessages,
        consumerTyping: whole.consumerTyping,
        call: whole.call === null ? null : presentCall(whole.call),
        lastInvites: whole.lastInvites.map(presentMessage),
        previousConversations: whole.previousConversations.map((one) => ({
          ...presentConversation(one),
          readable: one.readable,
        })),
        window: whole.windowEndsAt && { endsAt: whole.windowEndsAt.toISOString(), closed: whole.windowClosed },
        acts: [...whole.acts],
      }
    },
  )

  routes.get(
    '/api/workspace/conversations/:conversationId/messages',
    {
      schema: {
        tags: ['workspace'],
        summary: 'Earlier messages of a conversation',
        params: byId,
        querystring: Type.Object({
          before: Type.Optional(
            Type.String({ pattern: '^[0-9]{1,18}$', description: 'Cursor: `earlierMessages` or `earlier`.' }),
          ),
          limit: limit(200, 100),
        }),
        response: { 200: messagesAnswer, '4xx': problemAnswer },
      },
    },
    async (request) => {
      const id = uuidParam(request.params.conversationId)
      const { messages, earlier } = await readMessages(deps, callerOf(request, 'user'), id, {
        before: request.query.before ?? null,
        limit: limitOf(request.query.limit, 200, 100),
      })
      return { messages: messages.map(presentMessage), earlier }
    },
  )
}
