import { type AccountConfig, type AccountSettings, defaultSettings } from '../src/domain/account.ts'
import type { Channel } from '../src/domain/channel.ts'
import { type EligibilityQuestion, planEligibility } from '../src/domain/eligibility.ts'
import type { Handoff, HandoffChannel } from '../src/domain/handoff.ts'
import type { Sender } from '../src/domain/sender.ts'
import { defaultSkillWork, type Skill } from '../src/domain/skill.ts'
import { type ManagedTemplate, noVariables } from '../src/domain/template.ts'

export const sender = (senderId: string, channel: Channel, part: Partial<Sender> = {}): Sender => ({
  accountId: '1',
  senderId,
  connector: `${channel}-simulator`,
  channel,
  address: `address of ${senderId}`,
  title: senderId,
  settings: {},
  enabled: true,
  broken: null,
  ...part,
})
export const sms = {
  channel: 'sms',
  senderId: 'text',
  text: 'Hello',
  optOutLine: '',
  senderByIvrNumber: { '0800': 'other-text' },
} satisfies HandoffChannel
export const wa = { channel: 'wa', senderId: 'wa', templateId: 'template' } satisfies HandoffChannel
export const inapp = {
  channel: 'inapp',
  senderIds: ['app', 'app-2'],
  title: 'Hi',
  text: 'Hello',
} satisfies HandoffChannel
export const template: ManagedTemplate = {
  category: 'UTILITY',
  samples: noVariables,
  senderId: 'wa',
  providerTemplateId: '1',
  reason: null,
  templateId: 'template',
  name: 'invite',
  language: 'en',
  status: 'approved',
  body: 'Hello',
  header: null,
  footer: null,
  buttons: [],
}
export const skill = (name: string, part: Partial<Skill> = {}): Skill => ({
  skillId: `skill ${name}`,
  name,
  enabled: true,
  engaged: true,
  ...defaultSkillWork,
  ...part,
})

/** What is otherwise than in a brand where everything is there: WhatsApp, then SMS. */
export interface World {
  config?: Partial<AccountConfig>
  settings?: Partial<AccountSettings>
  channels?: readonly HandoffChannel[]
  handoff?: Partial<Handoff>
  senders?: readonly Sender[]
  skills?: readonly Skill[]
  template?: Partial<ManagedTemplate>
  question?: Partial<EligibilityQuestion>
}

/** What is planned when a caller to `support` is asked about in such a world. */
export function plan(world: World = {}) {
  const handoff: Handoff = {
    handoffId: 'H000000000000001',
    title: 'Menu 1',
    enabled: true,
    lookbackMinutes: 60,
    channels: world.channels ?? [wa, sms],
    skills: null,
    routeAllWithinLookback: false,
    openConversation: 'refuse',
    inviteTtlSeconds: 600,
    ...world.handoff,
  }
  const senders = world.senders ?? [
    sender('text', 'sms'),
    sender('other-text', 'sms'),
    sender('wa', 'wa'),
    sender('app', 'inapp'),
    sender('app-2', 'inapp'),
  ]
  const skills = world.skills ?? [skill('support'), skill('sales')]
  const config: AccountConfig = {
    accountId: '1',
    title: 'Brand',
    region: 'va',
    enabled: true,
    version: 1n,
    internalUser: true,
    internalApp: true,
    settings: { ...defaultSettings, ...world.settings },
    skillsByName: new Map(skills.map((one) => [one.name, one])),
    skills: new Map(skills.map((one) => [one.skillId, one])),
    senders: new Map(senders.map((one) => [one.senderId, one])),
    handoffs: new Map([[handoff.handoffId, handoff]]),
    templates: new Map([['template', { ...template, ...world.template }]]),
    apiKeys: new Map(),
    appInstalls: new Map(),
    stops: [],
    tellsCalls: false,
    ...world.config,
  }
  return planEligibility(config, {
    phone: '+12061234567',
    skill: 'support',
    handoffId: 'H000000000000001',
    templateVariables: { body: {}, header: {}, buttons: {} },
    ivrNumber: null,
    consumerId: null,
    ...world.question,
  })
}
