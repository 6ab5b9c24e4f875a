import { Type } from 'typebox'
import { privileges, regions } from '../../domain/account.ts'
import { roles } from '../../domain/caller.ts'
import { channels } from '../../domain/channel.ts'
import { handoffIdPattern, inviteTtlSeconds, lookbackMinutes } from '../../domain/handoff.ts'
import { variantLimits } from '../../domain/variant.ts'
import { autoTexts, autoTextsChange } from './auto-texts.ts'

/** A body's object: a field nobody knows is a mistake, and is refused by name. */
export const strict = <T extends Parameters<typeof Type.Object>[0]>(properties: T) =>
  Type.Object(properties, { additionalProperties: false })

const uuidPattern = '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'
export const accountId = Type.String({ pattern: '^[0-9]{1,20}$', description: 'The account id, digits.' })
export const uuid = Type.String({ pattern: uuidPattern })
export const title = Type.String({ minLength: 1, maxLength: 255 })
export const email = Type.String({ minLength: 3, maxLength: 254 })
export const privilegeList = Type.Array(Type.Enum(privileges), {
  minItems: 1,
  maxItems: privileges.length,
  uniqueItems: true,
  description: 'ivr.engagement: eligibility and invite. consumers.vouch: say who uses the brand’s app.',
})
export const region = Type.Enum(regions)
export const role = Type.Enum(roles)
const name = Type.String({ minLength: 1, maxLength: 255 })

export const ofAccount = Type.Object({ accountId })
export const ofUuid = <K extends string>(key: K) =>
  Type.Object({ accountId, [key]: uuid } as { accountId: typeof accountId } & Record<K, typeof uuid>)
export const ofHandoff = Type.Object({ accountId, handoffId: Type.String({ pattern: handoffIdPattern }) })
export const ofApiKey = Type.Object({ accountId, appKey: Type.String({ pattern: '^[0-9a-f]{32}$' }) })

const orNull = <T extends Parameters<typeof Type.Optional>[0]>(schema: T) => Type.Union([schema, Type.Null()])

const settingsFields = {
  channels: Type.Array(Type.Enum(channels), {
    maxItems: channels.length,
    description: 'Channels switched on, in the default order.',
  }),
  deviceCheck: Type.Boolean({ description: 'Ask a provider whether a number is a landline.' }),
  defaultSkill: orNull(name),
  rateLimit: Type.Integer({ description: 'Requests a second, eligibility and invite together.' }),
  quietHours: orNull(strict({ from: Type.String(), to: Type.String(), timeZone: Type.String({ maxLength: 64 }) })),
  consumerCap: orNull(strict({ invites: Type.Integer(), hours: Type.Integer() })),
  optOutScope: Type.Enum(['channel', 'all'] as const),
  texts: autoTexts,
  waitingAfterMinutes: Type.Integer({
    description: 'In a queue, before the consumer hears the text for those who wait.',
  }),
  closeAfterMinutes: orNull(
    Type.Integer({ description: 'Of the consumer’s silence after an answer: then a conversation closes by itself.' }),
  ),
  agentCapacity: Type.Integer({ description: 'Conversations at once, of agents without a capacity of their own.' }),
}
export const settingsChange = Type.Partial(strict({ ...settingsFields, texts: autoTextsChange }), {
  additionalProperties: false,
})
export const settingsAnswer = Type.Object({
  saved: Type.Boolean({
    description: 'False: never saved; what is shown are the defaults, and the contract answers 1600.',
  }),
  ...settingsFields,
})

const { fewest, most, longestName, lightest, heaviest } = variantLimits
const variant = strict({
  name: Type.String({
    minLength: 1,
    maxLength: longestName,
    description: 'Unique in the channel; reports name it so.',
  }),
  weight: Type.Integer({ minimum: lightest, maximum: heaviest, description: 'Its share among the variants.' }),
  text: Type.Optional(Type.String({ maxLength: 1600, description: 'sms, inapp.' })),
  template: Type.Optional(Type.String({ maxLength: 255, description: 'wa: id or name of an approved template.' })),
  title: Type.Optional(Type.String({ maxLength: 255, description: 'inapp.' })),
})

/** One channel of a handoff; which fields belong to which channel is said in the descriptions and checked after. */
const handoffChannel = strict({
  channel: Type.Enum(channels),
  sender: Type.Optional(Type.String({ maxLength: 255, description: 'sms, wa: id or address of the sender.' })),
  text: Type.Optional(Type.String({ maxLength: 1600, description: 'sms, inapp: the first message; may hold {{1}}.' })),
  optOutLine: Type.Optional(Type.String({ maxLength: 320, description: 'sms: appended; empty for none.' })),
  senderByIvrNumber: Type.Optional(
    Type.Record(Type.String(), Type.String({ maxLength: 255 }), { description: 'sms: IVR number to sender.' }),
  ),
  template: Type.Optional(Type.String({ maxLength: 255, description: 'wa: id or name of an approved template.' })),
  senders: Type.Optional(
    Type.Array(Type.String({ maxLength: 255 }), {
      description:
        'inapp: up to three apps. By its address an app is named on every push service that has a sender of it.',
    }),
  ),
  title: Type.Optional(Type.String({ maxLength: 255, description: 'inapp: title of the push.' })),
  variants: Type.Optional(
    Type.Array(variant, {
      maxItems: most,
      description: `${fewest} to ${most} first messages tried against each other; empty or absent: none. A consumer always gets the same one. The channel’s own text, template and title are then those of the first, and may be left out.`,
    }),
  ),
})

const handoffFields = {
  title,
  enabled: Type.Boolean(),
  lookbackMinutes: Type.Integer({ description: `${lookbackMinutes.least} to ${lookbackMinutes.most}.` }),
  channels: Type.Array(handoffChannel, { maxItems: 10, description: 'In the order in which they are offered.' }),
  skills: orNull(Type.Array(name, { maxItems: 200, description: 'Names; null: any skill with an engagement.' })),
  routeAllWithinLookback: Type.Boolean(),
  openConversation: Type.Enum(['refuse', 'continue'] as const),
  inviteTtlSeconds: Type.Integer({ description: `${inviteTtlSeconds.least} to ${inviteTtlSeconds.most}.` }),
}
export const handoffChange = Type.Partial(strict(handoffFields), { additionalProperties: false })
export const newHandoff = strict({
  ...Type.Partial(Type.Object(handoffFields)).properties,
  title: handoffFields.title,
  channels: handoffFields.channels,
})
export const handoffAnswer = Type.Object({
  handoffId: Type.String(),
  ...handoffFields,
  warnings: Type.Optional(Type.Array(Type.String())),
})

const senderSettings = Type.Record(Type.String(), Type.Unknown(), {
  description: 'What the connector asks for (see connectors); a secret is stored sealed and never shown again.',
})
export const newSender = strict({
  connector: Type.String({ maxLength: 64 }),
  address: Type.String({
    minLength: 1,
    maxLength: 255,
    description: 'E.164 for sms and wa, the name of the app for inapp.',
  }),
  title: Type.Optional(title),
  settings: Type.Optional(senderSettings),
})
export const senderChange = strict({
  address: Type.Optional(Type.String({ minLength: 1, maxLength: 255 })),
  title: Type.Optional(title),
  enabled: Type.Optional(Type.Boolean()),
  settings: Type.Optional(senderSettings),
})
export const hookUrl = Type.Union([Type.String(), Type.Null()], {
  description: 'What to enter at the provider as the address of its webhook; null: it has none.',
})
export const senderAnswer = Type.Object({
  senderId: Type.String(),
  connector: Type.String(),
  channel: Type.Enum(channels),
  address: Type.String(),
  title: Type.String(),
  enabled: Type.Boolean(),
  broken: orNull(Type.String({ description: 'Why the provider refuses this sender.' })),
  settings: senderSettings,
  secrets: Type.Array(Type.String(), { description: 'Names of the secrets that are set.' }),
  hookUrl,
})

export const apiKeyAnswer = Type.Object(
  { appKey: Type.String(), secret: Type.String(), accessToken: Type.String(), accessTokenSecret: Type.String() },
  { description: 'The four values of the key; the secrets are shown this once.' },
)
export const appAnswer = Type.Object(
  { clientId: Type.String(), clientSecret: Type.String() },
  { description: 'The client; its secret is shown this once.' },
)
export const newCredential = strict({ title, privileges: Type.Optional(privilegeList) })
export const credentialChange = strict({
  title: Type.Optional(title),
  privileges: Type.Optional(privilegeList),
  enabled: Type.Optional(Type.Boolean()),
})
export const credentialFields = {
  title: Type.String(),
  privileges: Type.Array(Type.String()),
  enabled: Type.Boolean(),
}
export const moments = {
  createdAt: Type.Unsafe<Date>(Type.String({ format: 'date-time' })),
  usedAt: Type.Unsafe<Date | null>(orNull(Type.String({ format: 'date-time' }))),
}
