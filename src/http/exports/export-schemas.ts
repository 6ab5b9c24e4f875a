import { Type } from 'typebox'
import { exportFormats, exportKinds, exportStates } from '../../domain/export.ts'
import { weekdays } from '../../domain/opening-hours.ts'
import { reportDimensions } from '../../domain/report-query.ts'

const orNull = <T extends Parameters<typeof Type.Union>[0][number]>(schema: T) => Type.Union([schema, Type.Null()])
const strict = <T extends Parameters<typeof Type.Object>[0]>(properties: T) =>
  Type.Object(properties, { additionalProperties: false })

const time = Type.String({ format: 'date-time' })
const words = Type.Optional(Type.Array(orNull(Type.String({ maxLength: 255 })), { maxItems: 200 }))

const filters = Type.Object(
  {
    channels: words,
    skills: words,
    handoffs: words,
    ivrNumbers: words,
    senders: words,
    countries: words,
    templates: words,
    variants: words,
    reasons: words,
  },
  { additionalProperties: false, description: 'As of reports; of no use to opt-outs.' },
)

const wanted = {
  kind: Type.Enum(exportKinds, {
    description: 'transactions: a row a call. report: the figures of a report. opt-outs: a row each stop and start.',
  }),
  format: Type.Enum(exportFormats),
  filters: Type.Optional(filters),
  timeZone: Type.Optional(Type.String({ maxLength: 64, description: 'Of kind report; usually UTC.' })),
  groupBy: Type.Optional(Type.Array(Type.Enum(reportDimensions), { maxItems: 2, uniqueItems: true })),
  repeatDays: Type.Optional(Type.Integer({ minimum: 1, maximum: 30 })),
}

/** What is asked for: a kind and a format, and the rest as reports are asked. */
export const exportWanted = strict({
  ...wanted,
  from: Type.Optional(orNull({ ...time, description: 'Usually since there is anything.' })),
  to: Type.Optional(orNull({ ...time, description: 'Not included; usually now.' })),
  compareWith: Type.Optional(orNull(strict({ from: time, to: time }))),
})

export const exportAnswer = Type.Object({
  exportId: Type.String(),
  kind: Type.Enum(exportKinds),
  format: Type.Enum(exportFormats),
  from: time,
  to: time,
  masked: Type.Boolean({ description: 'Of consumers’ numbers only the end.' }),
  state: Type.Enum(exportStates),
  rows: Type.Integer({ description: 'Written so far.' }),
  lookedAt: Type.Integer({ description: 'Calls looked at so far; those that the filters leave out are not written.' }),
  about: orNull(Type.Integer({ description: 'About how many there are to look at.' })),
  percent: orNull(Type.Integer()),
  bytes: Type.Integer(),
  createdAt: time,
  startedAt: orNull(time),
  finishedAt: orNull(time),
  nextTryAt: orNull({ ...time, description: 'When it is begun again, after it came to nothing.' }),
  expiresAt: orNull({ ...time, description: 'When its file is removed.' }),
  fetchable: Type.Boolean({ description: 'Its file is there for whoever asks.' }),
  failure: orNull(Type.String({ description: 'Why it came to nothing, the last time.' })),
  askedBy: Type.String({ description: 'operator, system, user:<id> or credential:<id>.' }),
  askedByName: orNull(Type.String({ description: 'Of a person of the brand.' })),
  scheduleId: orNull(Type.String()),
  delivered: Type.Boolean({ description: 'It got to where its schedule sends it.' }),
})

const destination = Type.Union([
  strict({
    to: Type.Enum(['folder'] as const),
    folder: Type.String({ maxLength: 255, description: 'Below EXPORT_FOLDER and the account’s own; may be empty.' }),
  }),
  strict({
    to: Type.Enum(['bucket'] as const),
    endpoint: Type.String({ maxLength: 255, description: 'https://s3.eu-west-1.amazonaws.com' }),
    region: Type.String({ minLength: 1, maxLength: 64, description: 'eu-west-1; where there are none: us-east-1.' }),
    bucket: Type.String({ minLength: 3, maxLength: 63 }),
    prefix: Type.String({ maxLength: 200, description: 'Before the file’s name: exports/daily. May be empty.' }),
    accessKeyId: Type.String({ minLength: 1, maxLength: 128, pattern: '^[\\x21-\\x7e]+$' }),
    addressing: Type.Enum(['path', 'host'] as const, {
      description: 'Where the bucket stands in the address; path is understood nearly everywhere.',
    }),
  }),
])

const rhythm = {
  every: Type.Enum(['day', 'week', 'month'] as const),
  hour: Type.Integer({ minimum: 0, maximum: 23 }),
  weekday: orNull(Type.Enum(weekdays)),
  monthDay: orNull(Type.Integer({ minimum: 1, maximum: 28 })),
}

const scheduleFields = {
  title: Type.String({ minLength: 1, maxLength: 100 }),
  enabled: Type.Boolean(),
  ...rhythm,
  destination,
}

const secretAccessKey = Type.Optional(
  Type.String({
    minLength: 1,
    maxLength: 256,
    pattern: '^[\\x21-\\x7e]+$',
    description: 'Stored sealed, never shown again.',
  }),
)

export const newSchedule = strict({
  ...wanted,
  ...Type.Partial(Type.Object(scheduleFields)).properties,
  title: scheduleFields.title,
  destination,
  secretAccessKey,
})
export const scheduleChange = Type.Partial(strict({ ...wanted, ...scheduleFields, secretAccessKey }), {
  additionalProperties: false,
})

export const scheduleAnswer = Type.Object({
  scheduleId: Type.String(),
  kind: wanted.kind,
  format: wanted.format,
  filters,
  groupBy: Type.Array(Type.Enum(reportDimensions)),
  repeatDays: orNull(Type.Integer()),
  masked: exportAnswer.properties.masked,
  timeZone: Type.String(),
  ...scheduleFields,
  hasSecret: Type.Boolean(),
  nextRunAt: time,
  last: orNull(exportAnswer),
})
