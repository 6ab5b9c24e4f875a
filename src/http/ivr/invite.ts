import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import { sendInvite } from '../../actions/send-invite.ts'
import type { Deps } from '../../deps.ts'
import { callerOf } from '../callers.ts'
import { contractErrorResponses } from './contract-error-responses.ts'
import { namedFields } from './named-fields.ts'

/** Its form is checked by the action, whose sentence says more than a pattern would. */
const callId = Type.String({
  description: 'The callId of the eligibility answer.',
  examples: ['b52403dc-b140-45cc-a9ca-d749a39b1b56'],
})

const body = Type.Object(
  {
    callId,
    overrideChannel: Type.Optional(
      Type.String({
        maxLength: 255,
        description:
          'Send on this channel of the call instead. `twilio` and `sms-twilio` mean `sms`. Not among the call’s available channels: 1900.',
      }),
    ),
    overrideMessage: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 1600,
        description:
          'Replaces the SMS text; the opt-out line is appended. Of the 1600 characters an emoji uses two. Ignored on other channels.',
      }),
    ),
    overrideSkill: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 255,
        description:
          'Routes the reply to this skill instead. Without an engagement, or outside the handoff’s list: 1901.',
      }),
    ),
  },
  {
    description: 'Fields not named here are ignored. A name given twice: the last one counts.',
    examples: [{ callId: 'b52403dc-b140-45cc-a9ca-d749a39b1b56' }],
  },
)

/** `POST …/invite`: the IVR says, offer it. */
export function invite(scope: FastifyInstance, { deps }: { deps: Deps }): void {
  scope.withTypeProvider<TypeBoxTypeProvider>().post(
    '/:accountId/invite',
    {
      schema: {
        tags: ['Connect to Messaging'],
        summary: 'Send the messaging invitation of a call',
        description:
          'Sends the handoff’s first message on the recommended or the overridden channel. 200 means accepted for sending; repeating it sends nothing twice.',
        params: Type.Object({ accountId: Type.String({ examples: ['12345678'] }) }),
        querystring: Type.Object({
          v: Type.Literal('2.0', { description: 'Version of the API.', examples: ['2.0'] }),
        }),
        body,
        response: {
          200: Type.Object({ callId }),
          ...contractErrorResponses([400, 401, 403, 404, 413, 415, 429, 500]),
        },
        security: [{ appJwt: [] }, { oauth1: [] }],
      },
    },
    (request) => sendInvite(deps, callerOf(request, 'credential'), namedFields(body, request.body)),
  )
}
