import { Type } from 'typebox'
import { channels } from '../domain/channel.ts'
import { eligibilityReasons } from '../domain/eligibility-reasons.ts'
import { type WebhookEventType, webhookEventTypes, webhookTestType } from '../domain/webhook.ts'

type Shape = Parameters<typeof Type.Union>[0][number]
const orNull = <T extends Shape>(schema: T) => Type.Union([schema, Type.Null()])
const time = Type.String({ format: 'date-time' })
const text = Type.String()
const channel = Type.Enum(channels)
const times = (...names: readonly string[]) =>
  Type.Partial(Type.Object(Object.fromEntries(names.map((name) => [name, time]))), {
    description: 'Only what has happened.',
  })

const accountId = Type.String({ description: 'Of the brand.' })
const consumer = Type.Optional(
  Type.Object(
    { phone: orNull(text), consumerId: orNull(text) },
    { description: 'Only at an endpoint that is told it, and only while it is known.' },
  ),
)
const skill = Type.Object({ id: text, name: orNull(text) })
const handoff = Type.Object({ id: text, title: orNull(text) })

const ofCall = Type.Object(
  {
    accountId,
    callId: text,
    conversationId: orNull(text),
    eligible: Type.Boolean(),
    availableChannels: Type.Array(channel),
    channel: orNull(channel),
    skill,
    handoff,
    ivrNumber: orNull(text),
    status: Type.Enum([
      ...(['not-eligible', 'eligible', 'sending', 'sent', 'delivered', 'read', 'replied'] as const),
      ...(['failed', 'skipped', 'closed'] as const),
    ]),
    reasons: Type.Array(
      Type.Object({ channel, code: Type.Enum(Object.keys(eligibilityReasons) as (keyof typeof eligibilityReasons)[]) }),
      { description: 'Why a channel was left out.' },
    ),
    error: orNull(
      Type.Object({ source: Type.Enum(['c2m', 'provider'] as const), code: text }, { description: 'Why it failed.' }),
    ),
    times: times(
      ...['attempted', 'invited', 'sent', 'delivered', 'read', 'replied', 'failed', 'skipped', 'optedOut'],
      ...['conversationOpened', 'conversationTaken', 'conversationClosed'],
    ),
    consumer,
  },
  { description: 'The call as it was at the event.' },
)

const ofConversation = Type.Object({
  accountId,
  callId: orNull(Type.String({ description: 'Null: it began without one.' })),
  conversationId: text,
  channel,
  skill,
  handoff: orNull(handoff),
  status: Type.Enum(['queued', 'assigned', 'closed'] as const),
  agentId: orNull(Type.String({ description: 'Whose it is, or was when it was closed.' })),
  closedBy: orNull(Type.Enum(['agent', 'consumer', 'system'] as const)),
  returnedFor: orNull(Type.Enum(['vanished', 'transferred', 'requeued'] as const)),
  times: times('opened', 'queued', 'taken', 'closed'),
  consumer,
})

const ofOptOut = Type.Object({
  accountId,
  channel,
  scope: Type.Enum(['channel', 'all'] as const),
  source: Type.Enum(['keyword', 'provider', 'provider-refusal', 'agent', 'api'] as const),
  times: times('optedOut', 'lifted'),
  consumer,
})

/** What the descriptions share: `components.schemas` of the API's description. */
export const webhookSchemas = {
  WebhookCall: ofCall,
  WebhookConversation: ofConversation,
  WebhookOptOut: ofOptOut,
  WebhookTest: Type.Object({ accountId }),
}

/** Which of them an event tells, by the first word of its name. */
const dataOf: Readonly<Record<WebhookEventType extends `${infer Noun}.${string}` ? Noun : never, string>> = {
  call: 'WebhookCall',
  invite: 'WebhookCall',
  conversation: 'WebhookConversation',
  'opt-out': 'WebhookOptOut',
}

/** Every event that is told, as OpenAPI 3.1 describes webhooks: what a receiver gets, and what its answer means. */
export const webhookDescriptions = {
  ...Object.fromEntries(
    Object.entries(webhookEventTypes).map(([type, summary]) => [
      type,
      described(type, summary, dataOf[type.split('.')[0] as keyof typeof dataOf]),
    ]),
  ),
  [webhookTestType]: described(webhookTestType, 'Somebody tries the endpoint out.', 'WebhookTest'),
}

function described(type: string, summary: string, data: string) {
  const body = {
    type: 'object',
    required: ['type', 'timestamp', 'sequence', 'data'],
    properties: {
      type: { type: 'string', const: type },
      timestamp: { type: 'string', format: 'date-time', description: 'When it happened.' },
      sequence: { type: 'integer', minimum: 1, description: 'Numbers the events of one endpoint without a gap.' },
      data: { $ref: `#/components/schemas/${data}` },
    },
  }
  return {
    post: {
      tags: ['Webhooks'],
      summary,
      security: [],
      parameters: [
        header('webhook-id', 'The same at every retry and replay: pass over one that you have.'),
        header('webhook-timestamp', 'Unix seconds of this request; refuse one more than five minutes off.'),
        header('webhook-signature', 'One or two signatures `v1,…`, with a space between, of Standard Webhooks.'),
      ],
      requestBody: { required: true, content: { 'application/json': { schema: body } } },
      responses: {
        '2XX': { description: 'Taken.' },
        410: { description: 'No more is wanted: the endpoint is disabled.' },
        429: { description: 'Told again later, not before `Retry-After`; 503 likewise.' },
        default: { description: 'Told again later, ten times in all.' },
      },
    },
  }
}

function header(name: string, description: string) {
  return { name, in: 'header', required: true, description, schema: { type: 'string' } }
}
