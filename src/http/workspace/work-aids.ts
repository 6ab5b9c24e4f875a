import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import { listUsableCannedReplies } from '../../actions/list-usable-canned-replies.ts'
import { searchConversations } from '../../actions/search-conversations.ts'
import { tagConversation } from '../../actions/tag-conversation.ts'
import { writeNote } from '../../actions/write-note.ts'
import type { Deps } from '../../deps.ts'
import { variablesIn } from '../../domain/template.ts'
import { searchedLists } from '../../store/conversation-search.ts'
import { callerOf } from '../callers.ts'
import { problemAnswer } from '../problem-answer.ts'
import { uuidParam } from '../uuid-param.ts'
import { listAnswer } from './answers.ts'
import { cursorOf, placeOf } from './cursor.ts'
import { presentConversation } from './present.ts'

const byId = Type.Object({ conversationId: Type.String() })
const orNull = <T extends Parameters<typeof Type.Union>[0][number]>(schema: T) => Type.Union([schema, Type.Null()])

/** What helps agents beside messages: notes, tags, canned replies, search. */
export function workAids(scope: FastifyInstance, deps: Deps): void {
  const routes = scope.withTypeProvider<TypeBoxTypeProvider>()

  routes.post(
    '/api/workspace/conversations/:conversationId/notes',
    {
      schema: {
        tags: ['workspace'],
        summary: 'Write a note that only colleagues read',
        description: 'It stands among the messages with the kind `note`. The same `clientId` again is the same note.',
        params: byId,
        body: Type.Object({
          text: Type.String({ minLength: 1, maxLength: 8_000 }),
          clientId: Type.String({ minLength: 1, maxLength: 100, description: 'The page’s own id of this note.' }),
        }),
        response: { 201: Type.Object({ noteId: Type.String() }), '4xx': problemAnswer },
      },
    },
    async (request, answer) => {
      const id = uuidParam(request.params.conversationId)
      return answer.code(201).send(await writeNote(deps, callerOf(request, 'user'), id, request.body))
    },
  )

  routes.put(
    '/api/workspace/conversations/:conversationId/tags',
    {
      schema: {
        tags: ['workspace'],
        summary: 'Give a conversation these tags and no others',
        params: byId,
        body: Type.Object({ tags: Type.Array(Type.String({ maxLength: 200 }), { maxItems: 50 }) }),
        response: {
          200: Type.Object({ tags: Type.Array(Type.String(), { description: 'As they are kept.' }) }),
          '4xx': problemAnswer,
        },
      },
    },
    async (request) => {
      const id = uuidParam(request.params.conversationId)
      return { tags: [...(await tagConversation(deps, callerOf(request, 'user'), id, request.body.tags))] }
    },
  )

  routes.get(
    '/api/workspace/canned-replies',
    {
      schema: {
        tags: ['workspace'],
        summary: 'The canned replies one can use',
        description: 'Those of one’s skills, and those for every skill. The page fills the variables.',
        response: {
          200: Type.Object({
            cannedReplies: Type.Array(
              Type.Object({
                cannedReplyId: Type.String(),
                title: Type.String(),
                shortcut: Type.String(),
                text: Type.String(),
                variables: Type.Array(Type.String(), { description: 'Names that stand in the text as {{name}}.' }),
                skillId: orNull(Type.String()),
                language: orNull(Type.String()),
              }),
            ),
          }),
          '4xx': problemAnswer,
        },
      },
    },
    async (request) => {
      const known = await listUsableCannedReplies(deps, callerOf(request, 'user'))
      return { cannedReplies: known.map((one) => ({ ...one, variables: [...variablesIn(one.text)] })) }
    },
  )

  routes.post(
    '/api/workspace/conversations/search',
    {
      schema: {
        tags: ['workspace'],
        summary: 'Find conversations, newest first',
        description:
          'By the consumer’s number or name, a tag, or words of a message. A POST, so that nobody’s data stands in an address. A page may be empty and have a next one: older conversations are still to be looked through.',
        body: Type.Object(
          {
            search: Type.String({ minLength: 1, maxLength: 200 }),
            list: Type.Optional(Type.Enum(searchedLists, { description: 'Usually all.' })),
            cursor: Type.Optional(orNull(Type.String({ maxLength: 200 }))),
            limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100, description: 'Usually 50.' })),
          },
          { additionalProperties: false },
        ),
        response: { 200: listAnswer, '4xx': problemAnswer },
      },
    },
    async (request) => {
      const { search, list = 'all', cursor = null, limit = 50 } = request.body
      const page = { after: placeOf(cursor ?? undefined), limit }
      const { conversations, next } = await searchConversations(deps, callerOf(request, 'user'), { search, list }, page)
      return { conversations: conversations.map(presentConversation), next: cursorOf(next) }
    },
  )
}
