import { type AutoTexts, noTexts } from './auto-text.ts'
import type { Channel } from './channel.ts'
import type { Handoff } from './handoff.ts'
import type { Sender } from './sender.ts'
import type { Skill } from './skill.ts'
import type { Stop } from './stop.ts'
import type { ManagedTemplate } from './template.ts'

export const regions = ['va', 'lo', 'sy'] as const
export type Region = (typeof regions)[number]

/**
 * What an API key or app install may do. `ivr.engagement` is eligibility and invite; `consumers.vouch` is to say who uses
 * the brand's app, apart from all else because whoever may can speak as any consumer.
 */
export const privileges = ['ivr.engagement', 'reporting', 'handoffs.read', 'consumers.vouch', 'admin'] as const
export type Privilege = (typeof privileges)[number]

/** Settings of one brand (design section 8). An account without saved settings answers 1600. */
export interface AccountSettings {
  /** Channels switched on for the brand; the order here is the default order for new handoffs. */
  readonly channels: readonly Channel[]
  /** Ask a provider whether the number is a landline before offering SMS. Off by default: the original assumes the IVR has checked. */
  readonly deviceCheck: boolean
  /** The skill of replies that belong to no invite; null: such a message is kept and counted, and no conversation is made. */
  readonly defaultSkillId: string | null
  /** Requests a second, eligibility and invite together (seed: 30). */
  readonly rateLimit: number
  /** No channel is offered inside these hours of `timeZone`; null: always. `from` and `to` are "HH:MM", may cross midnight. */
  readonly quietHours: { readonly from: string; readonly to: string; readonly timeZone: string } | null
  /** Invites one consumer may get within `hours`; null: no cap. A caller id can be spoofed, so a stranger must not be able to flood a phone. */
  readonly consumerCap: { readonly invites: number; readonly hours: number } | null
  /** What a STOP on one channel binds: that channel, or all of them (the stricter, and the default). */
  readonly optOutScope: 'channel' | 'all'
  /** What is said automatically where a skill has no words of its own; null: nothing. */
  readonly texts: AutoTexts
  /** Minutes in a queue after which the consumer hears the text for those who wait. */
  readonly waitingAfterMinutes: number
  /** Minutes of the consumer's silence after an answer, after which a conversation closes by itself; null: never. */
  readonly closeAfterMinutes: number | null
  /** Conversations at once, of agents who have no capacity of their own. */
  readonly agentCapacity: number
}

export const defaultSettings: AccountSettings = {
  channels: ['sms', 'wa', 'inapp'],
  deviceCheck: false,
  defaultSkillId: null,
  rateLimit: 30,
  quietHours: null,
  consumerCap: { invites: 3, hours: 24 },
  optOutScope: 'all',
  texts: noTexts,
  waitingAfterMinutes: 5,
  closeAfterMinutes: null,
  agentCapacity: 5,
}

export interface ApiKey {
  readonly appKey: string
  readonly title: string
  readonly secret: string
  readonly accessToken: string
  readonly accessTokenSecret: string
  readonly privileges: readonly Privilege[]
  readonly enabled: boolean
}

export interface AppInstall {
  readonly clientId: string
  readonly title: string
  readonly secretHash: string
  readonly privileges: readonly Privilege[]
  readonly enabled: boolean
  readonly internal: boolean
}

/** Everything of a brand that the hot path needs and that seldom changes; cached in the process, dropped by NOTIFY. */
export interface AccountConfig {
  readonly accountId: string
  readonly title: string
  readonly region: Region
  readonly enabled: boolean
  readonly version: bigint
  /** Onboarding makes both; without an enabled one the contract answers 1200 / 1201. */
  readonly internalUser: boolean
  readonly internalApp: boolean
  readonly settings: AccountSettings | null
  readonly skillsByName: ReadonlyMap<string, Skill>
  readonly skills: ReadonlyMap<string, Skill>
  readonly senders: ReadonlyMap<string, Sender>
  readonly handoffs: ReadonlyMap<string, Handoff>
  readonly templates: ReadonlyMap<string, ManagedTemplate>
  readonly apiKeys: ReadonlyMap<string, ApiKey>
  readonly appInstalls: ReadonlyMap<string, AppInstall>
  /** What supervisors have switched off by hand. */
  readonly stops: readonly Stop[]
  /** Whether a webhook endpoint wants to hear of every call. */
  readonly tellsCalls: boolean
}
