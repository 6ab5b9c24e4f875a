import { Type } from 'typebox'
import { lossSteps } from '../../domain/losses.ts'
import { reportDimensions } from '../../domain/report-query.ts'

export const orNull = <T extends Parameters<typeof Type.Union>[0][number]>(schema: T) =>
  Type.Union([schema, Type.Null()])
export const strict = <T extends Parameters<typeof Type.Object>[0]>(properties: T) =>
  Type.Object(properties, { additionalProperties: false })

/** With an offset or Z; years that the database can reckon with in every zone. */
const time = (description: string) => Type.String({ format: 'date-time', pattern: '^2[0-9]{3}-', description })
export const periodFields = {
  from: time('Calls attempted then or later.'),
  to: time('Calls attempted before. Any span of at most ten years, down to the retention.'),
}
export const timeZone = Type.String({
  minLength: 1,
  maxLength: 64,
  description: 'IANA name; days and hours are those of its clock. Usually UTC.',
  examples: ['Europe/Berlin'],
})
/** The database stores no NUL. */
export const word = Type.String({ maxLength: 255, pattern: '^[^\\u0000]*$' })
const values = (description: string) =>
  Type.Array(orNull(word), {
    maxItems: 1_000,
    description: `${description} Null: calls that have none.`,
  })
export const filters = strict({
  channels: Type.Optional(values('Any of `sms`, `wa`, `inapp`.')),
  skills: Type.Optional(values('Ids.')),
  handoffs: Type.Optional(values('Ids.')),
  ivrNumbers: Type.Optional(values('As the IVR told them.')),
  senders: Type.Optional(values('Ids.')),
  countries: Type.Optional(values('Of the consumer’s number, two letters.')),
  templates: Type.Optional(values('Ids.')),
  variants: Type.Optional(values('Names of texts of a handoff.')),
  reasons: Type.Optional(values('Codes of `losses[].reasons`.')),
})
export const dimension = Type.Enum(reportDimensions)

const named = Type.Object(
  { id: orNull(word), name: Type.Optional(orNull(Type.String({ maxLength: 1_000 }))) },
  { description: 'id null: calls without one; name null: it is no more.' },
)
const text = orNull(word)
const number = (least: number, most: number, description: string) =>
  Type.Integer({ minimum: least, maximum: most, description })
/** Digits and what stands between them in a time. */
const label = { pattern: '^[0-9T:+-]{1,40}$' }
export const group = Type.Partial(
  strict({
    minute: Type.String({ ...label, examples: ['2026-10-25T02:00+02:00'] }),
    hour: Type.String({ ...label, description: 'With the offset of then: an hour comes twice when summer time ends.' }),
    day: Type.String({ ...label, examples: ['2026-10-25'] }),
    weekday: number(1, 7, '1: Monday.'),
    hourOfDay: number(0, 23, 'By the local clock.'),
    channel: text,
    askedChannel: text,
    skill: named,
    handoff: named,
    ivrNumber: text,
    sender: named,
    country: text,
    template: named,
    variant: text,
    reason: text,
    error: text,
  }),
  { additionalProperties: false, description: 'The asked dimensions with their values.' },
)

const count = (description: string) => Type.Integer({ description })
const seconds = (description: string) => orNull(Type.Number({ description }))
const cost = Type.Array(
  Type.Object({ currency: Type.String(), amount: Type.Integer({ description: 'Millionths of the currency’s unit.' }) }),
)
export const figures = Type.Object(
  {
    attempted: count('Asked for eligibility.'),
    eligible: count('Could be offered a channel.'),
    invited: count('An invite was asked for.'),
    sent: count('Handed to the provider.'),
    delivered: count('Reported as delivered, or read.'),
    read: count('Reported as read.'),
    replied: count('Answered by the consumer.'),
    handled: count('An agent took the conversation.'),
    closed: count('The conversation is closed.'),
    failed: count('Not sent, for whatever reason; or sent and not delivered.'),
    skipped: count('Not sent because the consumer has opted out.'),
    optedOut: count('The consumer opted out in answer.'),
    abandoned: count('Closed before any agent took the conversation.'),
    csat: orNull(Type.Object({ average: Type.Number(), answers: Type.Integer() })),
    seconds: Type.Object(
      {
        callToText: seconds('From eligibility to the provider.'),
        textToReply: seconds('From there to the consumer’s first answer.'),
        replyToAgent: seconds('From the answer to an agent who took it.'),
        handling: seconds('From taken to closed.'),
      },
      { description: 'Averages; null: it has not happened.' },
    ),
    repeated: orNull(count('Followed by another call of the same consumer within `repeatDays`.')),
    contained: orNull(count('Answered, and not followed by another call within `repeatDays`.')),
    cost,
    costPerHandled: cost,
  },
  { description: 'What became of these calls.' },
)
export const losses = Type.Array(
  Type.Object({
    step: Type.Enum(lossSteps, { description: 'What the lost did not come to, having come to the step before.' }),
    reached: count('Came to this step or beyond: what a funnel shows.'),
    lost: count('Came no further than the step before.'),
    reasons: Type.Array(Type.Object({ code: Type.String(), sentence: Type.String(), calls: Type.Integer() }), {
      description: 'The most frequent first. For `sent` also calls that are on their way.',
    }),
  }),
  { description: 'All attempted calls are lost at one step or came to the end.' },
)

/** A period as the actions take it. */
export const periodOf = ({ from, to }: { from: string; to: string }) => ({ from: new Date(from), to: new Date(to) })
