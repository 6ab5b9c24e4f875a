import { Type } from 'typebox'
import { type WebhookEventType, webhookErrors, webhookEventNames } from '../../domain/webhook.ts'
import type { WebhookDelivery } from '../../store/webhook-deliveries.ts'
import type { WebhookEndpoint } from '../../store/webhook-endpoints.ts'
import { accountId, strict, title, uuid } from './schemas.ts'

const time = Type.String({ format: 'date-time' })
const orNull = <T extends Parameters<typeof Type.Union>[0][number]>(schema: T) => Type.Union([schema, Type.Null()])
export const deliveryStates = ['waiting', 'delivered', 'failed'] as const
export const endpointStates = ['on', 'paused', 'disabled'] as const

const number = Type.String({ pattern: '^[0-9]{1,15}$', description: 'The delivery’s number at its endpoint.' })
export const ofDelivery = Type.Object({ accountId, endpointId: uuid, deliveryNumber: number })

const events = orNull(
  Type.Array(Type.Enum(webhookEventNames as WebhookEventType[]), {
    minItems: 1,
    maxItems: webhookEventNames.length,
    uniqueItems: true,
    description: 'The events it is told; null: all, also those to come.',
  }),
)
const fields = {
  title,
  url: Type.String({
    minLength: 1,
    maxLength: 2_000,
    description: 'https://…; no redirect is followed, and private networks are refused.',
  }),
  events,
  tellsAddress: Type.Boolean({ description: 'Whether the consumer’s phone number or id goes along.' }),
}

export const newEndpoint = strict({
  title: fields.title,
  url: fields.url,
  events: Type.Optional(fields.events),
  tellsAddress: Type.Optional(fields.tellsAddress),
})
export const endpointChange = Type.Partial(
  strict({
    ...fields,
    state: Type.Enum(endpointStates, {
      description: 'paused: events wait for it. disabled: they do not; a replay can tell them later.',
    }),
  }),
  { additionalProperties: false },
)
const endpointFields = {
  endpointId: Type.String(),
  ...fields,
  state: Type.Enum(endpointStates),
  disabledFor: orNull(Type.Enum(['gone', 'failing', 'hand'] as const, { description: 'gone: it answered 410.' })),
  failingSince: orNull(time),
  lastError: orNull(Type.String({ description: 'The sentence of its newest failure, while it fails.' })),
  previousUntil: orNull(Type.String({ format: 'date-time', description: 'Until then the old secret signs as well.' })),
  createdAt: time,
}
export const endpointAnswer = Type.Object(endpointFields)
export const endpointWithCounts = Type.Object({
  ...endpointFields,
  waiting: Type.Integer({ description: 'Deliveries that wait; 1,000: so many or more.' }),
  failed: Type.Integer({ description: 'Deliveries of the last 30 days that were given up; 1,000: so many or more.' }),
})
export const secretOnce = Type.String({ description: '`whsec_…`, shown this once.' })
export const endpointWithSecret = Type.Object({ ...endpointFields, secret: secretOnce })

export const deliveryAnswer = Type.Object({
  number: Type.String({ description: 'Counts the endpoint’s deliveries without a gap; `sequence` in the body.' }),
  webhookId: Type.String({ description: 'The header webhook-id: the event’s, whatever endpoint it goes to.' }),
  type: Type.String(),
  state: Type.Enum(deliveryStates),
  underWay: Type.Boolean({ description: 'It is being made at this moment.' }),
  isTest: Type.Boolean(),
  tries: Type.Integer({ description: 'Since it was made or last asked for by hand.' }),
  nextTryAt: orNull(time),
  eventAt: time,
  endedAt: orNull(time),
  callId: orNull(Type.String()),
  conversationId: orNull(Type.String()),
  attempts: Type.Array(
    Type.Object({
      at: time,
      status: orNull(Type.Integer({ description: 'Null: there was no answer.' })),
      ms: Type.Integer(),
      error: orNull(Type.String({ description: 'A word; null: it was delivered.' })),
      sentence: orNull(Type.String({ description: 'What the word means.' })),
      answer: orNull(Type.String({ description: 'The beginning of what a refusal said, redacted.' })),
    }),
  ),
})

export const shownEndpoint = (endpoint: WebhookEndpoint) => ({
  endpointId: endpoint.endpointId,
  title: endpoint.title,
  url: endpoint.url,
  events: endpoint.events === null ? null : [...endpoint.events],
  tellsAddress: endpoint.tellsAddress,
  state: endpoint.state,
  disabledFor: endpoint.disabledFor,
  failingSince: endpoint.failingSince?.toISOString() ?? null,
  lastError: endpoint.lastError === null ? null : webhookErrors[endpoint.lastError],
  previousUntil: endpoint.previousUntil?.toISOString() ?? null,
  createdAt: endpoint.createdAt.toISOString(),
})

export const shownDelivery = ({ eventId, ...delivery }: WebhookDelivery) => ({
  ...delivery,
  webhookId: `msg_${eventId}`,
  nextTryAt: delivery.nextTryAt?.toISOString() ?? null,
  eventAt: delivery.eventAt.toISOString(),
  endedAt: delivery.endedAt?.toISOString() ?? null,
  attempts: delivery.attempts.map(({ at, error, ...attempt }) => ({
    ...attempt,
    at: at.toISOString(),
    error,
    sentence: error === null ? null : webhookErrors[error],
  })),
})
