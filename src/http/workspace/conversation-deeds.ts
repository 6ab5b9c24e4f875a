import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import { closeConversation } from '../../actions/close-conversation.ts'
import { listReplyTemplates } from '../../actions/list-reply-templates.ts'
import { markSeen } from '../../actions/mark-seen.ts'
import { reply } from '../../actions/reply.ts'
import { showTyping } from '../../actions/show-typing.ts'
import { takeConversation } from '../../actions/take-conversation.ts'
import type { Deps } from '../../deps.ts'
import { neededVariables } from '../../domain/reply-draft.ts'
import { callerOf } from '../callers.ts'
import { problemAnswer } from '../problem-answer.ts'
import { uuidParam } from '../uuid-param.ts'
import { replyAnswer, replyTemplatesAnswer } from './answers.ts'

const uuidPattern = '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'
const byId = Type.Object({ conversationId: Type.String() })
const clientId = Type.String({ minLength: 1, maxLength: 100, description: 'The page’s own id of this reply.' })
const done = Type.Null({ description: 'Done, now or before.' })

/** What agents do with a conversation. Each may be repeated: the second time finds it done. */
export function conversationDeeds(scope: FastifyInstance, deps: Deps): void {
  const routes = scope.withTypeProvider<TypeBoxTypeProvider>()

  routes.post(
    '/api/workspace/conversations/:conversationId/take',
    {
      schema: {
        tags: ['workspace'],
        summary: 'Take a conversation out of its queue',
        description: '409 `already-taken` when somebody else was faster.',
        params: byId,
        response: { 204: done, '4xx': problemAnswer },
      },
    },
    async (request, answer) => {
      await takeConversation(deps, callerOf(request, 'user'), uuidParam(request.params.conversationId))
      return answer.code(204).send(null)
    },
  )

  routes.post(
    '/api/workspace/conversations/:conversationId/reply',
    {
      schema: {
        tags: ['workspace'],
        summary: 'Write to the consumer',
        description:
          '202: the message goes out on the conversation’s own number or app; its `status` tells how far it has come. 409 `consumer-opted-out`: the consumer said STOP. 409 `window-closed`: only a template can be sent. The same `clientId` again is the same message.',
        params: byId,
        body: Type.Object({
          text: Type.String({ maxLength: 65_536, description: 'With a file its caption, which may be empty.' }),
          media: Type.Optional(
            Type.Object({
              url: Type.String({ maxLength: 2_000, description: 'https, where the provider can fetch it.' }),
              contentType: Type.String({ maxLength: 100 }),
              fileName: Type.Optional(Type.String({ maxLength: 240 })),
            }),
          ),
          files: Type.Optional(
            Type.Array(Type.String({ pattern: uuidPattern }), {
              maxItems: 1,
              description: 'Id of an uploaded file: one goes with a message.',
            }),
          ),
          clientId,
        }),
        response: { 202: replyAnswer, '4xx': problemAnswer },
      },
    },
    async (request, answer) => {
      const id = uuidParam(request.params.conversationId)
      const { messageId } = await reply(deps, callerOf(request, 'user'), id, { kind: 'text', ...request.body })
      return answer.code(202).send({ messageId })
    },
  )

  routes.get(
    '/api/workspace/conversations/:conversationId/templates',
    {
      schema: {
        tags: ['workspace'],
        summary: 'The approved templates with which the consumer can be written to',
        params: byId,
        response: { 200: replyTemplatesAnswer, '4xx': problemAnswer },
      },
    },
    async (request) => {
      const id = uuidParam(request.params.conversationId)
      const known = await listReplyTemplates(deps, callerOf(request, 'user'), id)
      return {
        templates: known.map((template) => {
          const { templateId, name, language, body } = template
          return { templateId, name, language, body, variables: neededVariables(template) }
        }),
      }
    },
  )

  routes.post(
    '/api/workspace/conversations/:conversationId/reply-with-template',
    {
      schema: {
        tags: ['workspace'],
        summary: 'Write to the consumer with an approved template',
        description: 'WhatsApp: the only way to write once the consumer’s last message is more than 24 hours old.',
        params: byId,
        body: Type.Object({
          templateId: Type.String({ maxLength: 100 }),
          templateVariables: Type.Optional(
            Type.Unknown({
              description: 'As at eligibility: flat for the text, headerVariables and buttonVariables nested.',
            }),
          ),
          clientId,
        }),
        response: { 202: replyAnswer, '4xx': problemAnswer },
      },
    },
    async (request, answer) => {
      const id = uuidParam(request.params.conversationId)
      const { messageId } = await reply(deps, callerOf(request, 'user'), id, { kind: 'template', ...request.body })
      return answer.code(202).send({ messageId })
    },
  )

  routes.post(
    '/api/workspace/conversations/:conversationId/typing',
    {
      schema: {
        tags: ['workspace'],
        summary: 'Say that one is typing',
        description:
          'Every few seconds while a reply is written; the brand’s app and WhatsApp show it to the consumer.',
        params: byId,
        response: { 204: done, '4xx': problemAnswer },
      },
    },
    async (request, answer) => {
      await showTyping(deps, callerOf(request, 'user'), uuidParam(request.params.conversationId))
      return answer.code(204).send(null)
    },
  )

  routes.post(
    '/api/workspace/conversations/:conversationId/seen',
    {
      schema: {
        tags: ['workspace'],
        summary: 'Say that one has the conversation before one’s eyes',
        description:
          'Only its owner’s look counts: what the consumer wrote is then no longer unread, and WhatsApp shows it as read.',
        params: byId,
        body: Type.Union([
          Type.Object({
            messageId: Type.Optional(
              Type.String({ format: 'uuid', description: 'The newest message on the page; without it: all.' }),
            ),
          }),
          Type.Null(),
        ]),
        response: { 204: done, '4xx': problemAnswer },
      },
    },
    async (request, answer) => {
      const id = uuidParam(request.params.conversationId)
      await markSeen(deps, callerOf(request, 'user'), id, { messageId: request.body?.messageId ?? null })
      return answer.code(204).send(null)
    },
  )

  routes.post(
    '/api/workspace/conversations/:conversationId/close',
    {
      schema: {
        tags: ['workspace'],
        summary: 'Close a conversation',
        description: 'What the consumer writes next begins another one.',
        params: byId,
        response: { 204: done, '4xx': problemAnswer },
      },
    },
    async (request, answer) => {
      await closeConversation(deps, callerOf(request, 'user'), uuidParam(request.params.conversationId))
      return answer.code(204).send(null)
    },
  )
}
