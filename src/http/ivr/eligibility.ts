import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyInstance } from 'fastify'
import { type Static, Type } from 'typebox'
import { checkEligibility, type EligibilityAnswer } from '../../actions/check-eligibility.ts'
import type { Deps } from '../../deps.ts'
import { channels } from '../../domain/channel.ts'
import { sdesSchema } from '../../domain/sde.ts'
import { callerOf } from '../callers.ts'
import { contractErrorResponses } from './contract-error-responses.ts'
import type { HeldNonces } from './held-nonces.ts'
import { namedFields } from './named-fields.ts'

const bodyNotes = {
  description: 'Fields not named here are ignored. A name given twice: the last one counts.',
  examples: [{ consumerPhoneNumber: '+12065551004', handoffId: 'H000000000000001', skill: 'support' }],
}

export const eligibilityBody = Type.Object(
  {
    skill: Type.String({ minLength: 1, maxLength: 255, description: 'Name of a skill with an engagement.' }),
    consumerPhoneNumber: Type.String({
      description: 'E.164 with a leading `+`, at most 15 characters in all; anything else: 1001.',
    }),
    handoffId: Type.String({ minLength: 1, maxLength: 16 }),
    // What is inside these two is checked by the action, by code whose faults name the field.
    sdes: Type.Optional(Type.Unknown()),
    templateVariables: Type.Optional(Type.Unknown()),
    ivrNumber: Type.Optional(
      Type.String({ maxLength: 32, description: 'The number the consumer called; kept, shown to agents, reported.' }),
    ),
    consumerId: Type.Optional(
      Type.String({
        maxLength: 255,
        description: 'Who the consumer is in the brand’s app: needed when the handoff is in-app, else ignored.',
      }),
    ),
  },
  bodyNotes,
)

export type EligibilityBody = Static<typeof eligibilityBody>
/** As the metrics and the log name it. */
export const eligibilityRoute = '/api/account/:accountId/eligibility'

const variables = Type.Record(Type.String(), Type.String())
/** The body as it is described: more than the door's own schema checks. */
const documentedBody = Type.Object(
  {
    ...eligibilityBody.properties,
    sdes: Type.Optional(sdesSchema),
    templateVariables: Type.Optional(
      Type.Unsafe<unknown>({
        type: 'object',
        description:
          'Texts for `{{1}}`, `{{2}}`, … of the template or text; for WhatsApp also `headerVariables` and `buttonVariables`.',
        properties: { headerVariables: variables, buttonVariables: variables },
        additionalProperties: { type: 'string' },
        examples: [{ '1': 'Ada', '2': 'order 77' }],
      }),
    ),
  },
  bodyNotes,
)

const channel = Type.String({ enum: [...channels] })

const answer = Type.Unsafe<EligibilityAnswer>(
  Type.Object({
    availableChannels: Type.Array(channel, { description: 'In the handoff’s order; may be empty.' }),
    recommendedChannelName: Type.String({ description: 'The first of the available channels, or empty.' }),
    eligible: Type.Boolean(),
    callId: Type.String({ format: 'uuid', description: 'Names this call in the invite; also when not eligible.' }),
    reasons: Type.Optional(
      Type.Array(Type.Object({ channel, code: Type.String(), message: Type.String() }), {
        description: 'With `explain=true`: why a channel was left out.',
      }),
    ),
    partial: Type.Optional(Type.Boolean({ description: 'With `explain=true`: a slow lookup was cut off.' })),
  }),
)

/** `POST …/eligibility`: the IVR asks, may we offer messaging? */
export function eligibility(scope: FastifyInstance, { deps, nonces }: { deps: Deps; nonces: HeldNonces }): void {
  scope.withTypeProvider<TypeBoxTypeProvider>().post(
    '/:accountId/eligibility',
    {
      config: { documentedBody, burnsNonce: true, countedOnly: true },
      schema: {
        tags: ['Connect to Messaging'],
        summary: 'May the caller be offered messaging?',
        description:
          'Decides which channels the consumer can be invited on, and keeps what the IVR knows under a `callId`. A consumer who cannot be reached is no error: 200 with `eligible: false`.',
        params: Type.Object({ accountId: Type.String({ examples: ['12345678'] }) }),
        querystring: Type.Object({
          v: Type.Literal('2.0', { description: 'Version of the API.', examples: ['2.0'] }),
          explain: Type.Optional(
            Type.String({
              enum: ['true', 'false'],
              description: '`true` adds the reasons for every channel left out.',
            }),
          ),
        }),
        body: eligibilityBody,
        response: { 200: answer, ...contractErrorResponses([400, 401, 403, 404, 413, 415, 429, 500]) },
        security: [{ appJwt: [] }, { oauth1: [] }],
      },
    },
    (request, reply) =>
      checkEligibility(deps, callerOf(request, 'credential'), {
        ...namedFields(eligibilityBody, request.body),
        explain: request.query.explain === 'true',
        elapsedMs: reply.elapsedTime,
        nonce: nonces.of(request),
      }),
  )
}
