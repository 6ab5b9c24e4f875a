import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type AccountConfig, type AccountSettings, defaultSettings } from './account.ts'
import type { Channel } from './channel.ts'
import {
  type AskedLineType,
  decideEligibility,
  type EligibilityFacts,
  type EligibilityPlan,
  type EligibilityQuestion,
  planEligibility,
} from './eligibility.ts'
import { eligibilityReasons } from './eligibility-reasons.ts'
import type { Handoff, HandoffChannel } from './handoff.ts'
import type { Sender } from './sender.ts'
import { defaultSkillWork, type Skill } from './skill.ts'
import { type ManagedTemplate, noVariables } from './template.ts'

const sender = (senderId: string, channel: Channel, part: Partial<Sender> = {}): Sender => ({
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
const sms: HandoffChannel = {
  channel: 'sms',
  senderId: 'text',
  text: 'Hello',
  optOutLine: '',
  senderByIvrNumber: { '0800': 'other-text' },
}
const wa: HandoffChannel = { channel: 'wa', senderId: 'wa', templateId: 'template' }
const inapp: HandoffChannel = { channel: 'inapp', senderIds: ['app', 'app-2'], title: 'Hi', text: 'Hello' }
const template: ManagedTemplate = {
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
const skill = (name: string, part: Partial<Skill> = {}): Skill => ({
  skillId: `skill ${name}`,
  name,
  enabled: true,
  engaged: true,
  ...defaultSkillWork,
  ...part,
})

interface World {
  config?: Partial<AccountConfig>
  settings?: Partial<AccountSettings>
  channels?: readonly HandoffChannel[]
  handoff?: Partial<Handoff>
  senders?: readonly Sender[]
  skills?: readonly Skill[]
  template?: Partial<ManagedTemplate>
  question?: Partial<EligibilityQuestion>
}

function plan(world: World = {}) {
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

const codeOf = (world: World) => {
  const planned = plan(world)
  return 'problem' in planned ? planned.problem : null
}

const noSettings = { config: { settings: null } }
const offBoth: World = { settings: { channels: ['inapp'] } }
const problems: [string, World, string | null][] = [
  ['everything is there', {}, null],
  ['no internal user', { config: { internalUser: false, internalApp: false } }, 'no-internal-user'],
  ['no internal app', { config: { internalApp: false, settings: null } }, 'no-internal-app'],
  ['settings never saved', { ...noSettings, question: { handoffId: 'H9' } }, 'no-settings'],
  ['handoff unknown', { question: { handoffId: 'H9', skill: 'none' } }, 'no-handoff'],
  ['handoff disabled', { handoff: { enabled: false } }, 'no-handoff'],
  ['all channels off', { ...offBoth, question: { skill: 'none' } }, 'no-handoff-channel'],
  [
    'no sender works',
    { senders: [sender('text', 'sms', { enabled: false }), sender('wa', 'wa', { broken: 'Refused.' })] },
    'no-handoff-channel',
  ],
  ['senders are gone', { senders: [] }, 'no-handoff-channel'],
  ['a sender of another channel carries nothing', { senders: [sender('text', 'wa')] }, 'no-handoff-channel'],
  ['one channel is on', { settings: { channels: ['sms'] } }, null],
  ['skill unknown', { question: { skill: 'none' } }, 'no-engagement'],
  ['skill by another case', { question: { skill: 'Support' } }, 'no-engagement'],
  ['skill disabled', { skills: [skill('support', { enabled: false })] }, 'no-engagement'],
  ['skill without engagement', { skills: [skill('support', { engaged: false })] }, 'no-engagement'],
  ['the handoff names other skills', { handoff: { skills: ['sales'] } }, 'no-engagement'],
  ['the handoff names the skill', { handoff: { skills: ['sales', 'support'] } }, null],
  ['in-app without consumerId', { channels: [inapp] }, 'invalid-request'],
  ['in-app with consumerId', { channels: [inapp], question: { consumerId: 'ada' } }, null],
]
for (const [name, world, code] of problems) {
  test(`refused before anybody is looked up: ${name}`, () => assert.equal(codeOf(world), code))
}

const lacking: [string, World, readonly string[]][] = [
  [
    'SMS text',
    { channels: [{ ...sms, text: 'Dear {{1}}, {{name}}' }], question: variables({ 1: 'Ada' }) },
    ['templateVariables.name is missing: the sms message needs it'],
  ],
  [
    'every part of a WhatsApp template',
    {
      template: {
        body: '{{1}} {{2}}',
        header: { kind: 'image', content: '{{1}}' },
        buttons: [{ kind: 'url', label: 'See', value: 'https://example.com/{{1}}' }],
      },
      question: variables({ 2: 'b' }),
    },
    [
      'templateVariables.1 is missing: the wa message needs it',
      'templateVariables.headerVariables.1 is missing: the wa message needs it',
      'templateVariables.buttonVariables.1 is missing: the wa message needs it',
    ],
  ],
  [
    'two addresses of buttons that both call theirs {{1}}, as at Meta: by place',
    {
      template: {
        buttons: [
          { kind: 'url', label: 'Bill', value: 'https://example.com/bill/{{1}}' },
          { kind: 'quick-reply', label: 'No', value: 'no' },
          { kind: 'url', label: 'Help', value: 'https://example.com/help/{{1}}' },
        ],
      },
      question: { templateVariables: { ...noVariables, buttons: { 1: '77' } } },
    },
    ['templateVariables.buttonVariables.2 is missing: the wa message needs it'],
  ],
  [
    'addresses of buttons whose names differ stand for themselves',
    {
      template: {
        buttons: [
          { kind: 'url', label: 'Bill', value: 'https://example.com/bill/{{bill}}' },
          { kind: 'url', label: 'Help', value: 'https://example.com/help/{{case}}' },
        ],
      },
      question: { templateVariables: { ...noVariables, buttons: { bill: '77' } } },
    },
    ['templateVariables.buttonVariables.case is missing: the wa message needs it'],
  ],
  [
    'in-app title and text, and the consumer id',
    { channels: [{ ...inapp, title: '{{a}}', text: '{{b}} {{a}}' }] },
    [
      'consumerId is missing: the handoff is in-app',
      'templateVariables.a is missing: the inapp message needs it',
      'templateVariables.b is missing: the inapp message needs it',
    ],
  ],
  [
    'nothing for a channel that is off',
    { channels: [{ ...sms, text: '{{1}}' }, wa], settings: { channels: ['wa'] } },
    [],
  ],
  ['nothing for a template that is not approved', { template: { status: 'paused', body: '{{1}}' } }, []],
]
for (const [name, world, details] of lacking) {
  test(`variables that are missing: ${name}`, () => {
    const planned = plan(world)
    assert.deepEqual('problem' in planned ? planned.details : [], details)
  })
}

function variables(body: Record<string, string>) {
  return { templateVariables: { body, header: {}, buttons: {} } }
}

const nothing: EligibilityFacts = {
  optedOut: [],
  conversationOpen: false,
  recentInvites: 0,
  deviceSenderIds: [],
  learned: [],
}
const noon = new Date('2026-03-01T12:00:00Z')

function decide(world: World, facts: Partial<EligibilityFacts> = {}, asked: AskedLineType | null = null) {
  const planned = plan(world)
  assert.ok(!('problem' in planned), JSON.stringify(planned))
  const decision = decideEligibility(planned as EligibilityPlan, { ...nothing, ...facts }, noon, asked)
  // A template's own state, and its provider's reason, may be told behind the sentence.
  for (const { code, message } of decision.reasons) {
    if (code === 'template_not_approved') assert.ok(message.startsWith(eligibilityReasons[code]))
    else assert.equal(message, eligibilityReasons[code])
  }
  return {
    available: decision.availableChannels.join(),
    reasons: decision.reasons.map(({ channel, code }) => `${channel} ${code}`),
    ask: decision.askLineType,
  }
}

const all: World = { channels: [wa, sms] }
const app: World = { channels: [inapp], question: { consumerId: 'ada' } }
const checked: World = { channels: [sms], settings: { deviceCheck: true } }
const at = (phone: string, world: World = checked): World => ({ ...world, question: { ...world.question, phone } })
const lookUp = (reason: string) => ({ channel: 'sms', reachable: true, reason, source: 'look-up' }) as const
const refusal = (channel: Channel) =>
  ({ channel, reachable: false, reason: 'not-reachable-here', source: 'refusal' }) as const
const quiet = (from: string, to: string): World => ({
  ...all,
  settings: { quietHours: { from, to, timeZone: 'Europe/London' } },
})

const rows: [string, World, Partial<EligibilityFacts>, string, readonly string[]][] = [
  ['the handoff gives the order', all, {}, 'wa,sms', []],
  ['the other way round', { channels: [sms, wa] }, {}, 'sms,wa', []],
  ['a channel that is off', { ...all, settings: { channels: ['sms'] } }, {}, 'sms', ['wa channel_off']],
  ['a broken sender', { ...all, senders: [sender('text', 'sms')] }, {}, 'sms', ['wa sender_broken']],
  ['a template in review', { ...all, template: { status: 'pending' } }, {}, 'sms', ['wa template_not_approved']],
  ['a template that is gone', { ...all, config: { templates: new Map() } }, {}, 'sms', ['wa template_not_approved']],
  [
    'switched off by hand on one channel',
    { ...all, config: { stops: [{ skillId: null, channel: 'wa' }] } },
    {},
    'sms',
    ['wa stopped'],
  ],
  [
    'switched off by hand for the skill',
    { ...all, config: { stops: [{ skillId: 'skill support', channel: null }] } },
    {},
    '',
    ['wa stopped', 'sms stopped'],
  ],
  ['stopped on SMS', all, { optedOut: ['sms'] }, 'wa', ['sms opted_out']],
  ['stopped everywhere', all, { optedOut: ['*'] }, '', ['wa opted_out', 'sms opted_out']],
  ['stopped in the app only', all, { optedOut: ['inapp'] }, 'wa,sms', []],
  ['an open conversation', all, { conversationOpen: true }, '', ['wa open_conversation', 'sms open_conversation']],
  [
    'an open conversation that takes the invite in',
    { ...all, handoff: { openConversation: 'continue' } },
    { conversationOpen: true },
    'wa,sms',
    [],
  ],
  ['two invites of three', all, { recentInvites: 2 }, 'wa,sms', []],
  ['three invites of three', all, { recentInvites: 3 }, '', ['wa recent_invites', 'sms recent_invites']],
  ['no cap', { ...all, settings: { consumerCap: null } }, { recentInvites: 99 }, 'wa,sms', []],
  ['quiet hours', quiet('11:00', '13:00'), {}, '', ['wa quiet_hours', 'sms quiet_hours']],
  ['outside quiet hours', quiet('13:00', '11:00'), {}, 'wa,sms', []],
  ['not on WhatsApp', all, { learned: [refusal('wa')] }, 'sms', ['wa not_on_whatsapp']],
  ['a text was refused lately', all, { learned: [refusal('sms')] }, 'wa', ['sms not_reachable']],
  ['premium number', at('+19005551234', all), {}, 'wa', ['sms destination_not_allowed']],
  ['satellite phone', at('+881612345678', all), {}, 'wa', ['sms destination_not_allowed']],
  [
    'the brand itself',
    { channels: [sms], senders: [sender('text', 'sms'), sender('b', 'wa', { address: '+12061234567' })] },
    {},
    '',
    ['sms own_number'],
  ],
  ['in-app: a live device', app, { deviceSenderIds: ['app-2'] }, 'inapp', []],
  ['in-app: no device', app, {}, '', ['inapp no_device']],
  ['in-app: a device in an app of another handoff', app, { deviceSenderIds: ['app-3'] }, '', ['inapp no_device']],
  [
    'in-app: a device in an app that is off',
    { ...app, senders: [sender('app', 'inapp'), sender('app-2', 'inapp', { enabled: false })] },
    { deviceSenderIds: ['app-2'] },
    '',
    ['inapp no_device'],
  ],
  ['a landline, not checked', at('+442071838750', { channels: [sms] }), {}, 'sms', []],
  ['a landline by the numbering plan', at('+442071838750'), {}, '', ['sms landline']],
  [
    'a landline may be on WhatsApp',
    at('+442071838750', { ...checked, channels: [wa, sms] }),
    {},
    'wa',
    ['sms landline'],
  ],
  ['a mobile by the numbering plan', at('+447911123456'), {}, 'sms', []],
  ['toll-free', at('+18005551234'), {}, '', ['sms toll_free']],
  ['internet line by the numbering plan', at('+445612345678'), {}, '', ['sms voip']],
  ['pager', at('+447640123456'), {}, '', ['sms no_texts']],
  ['remembered mobile', checked, { learned: [lookUp('mobile')] }, 'sms', []],
  ['remembered landline', checked, { learned: [lookUp('landline')] }, '', ['sms landline']],
  ['remembered landline, not checked any more', { channels: [sms] }, { learned: [lookUp('landline')] }, 'sms', []],
  ['remembered desk phone', checked, { learned: [lookUp('fixed-voip')] }, '', ['sms voip']],
  ['remembered app number', checked, { learned: [lookUp('non-fixed-voip')] }, 'sms', []],
  ['remembered toll-free', checked, { learned: [lookUp('toll-free')] }, '', ['sms toll_free']],
  ['remembered premium', checked, { learned: [lookUp('other')] }, '', ['sms no_texts']],
  ['remembered as none', checked, { learned: [lookUp('invalid')] }, '', ['sms invalid_number']],
  ['remembered as unknown', checked, { learned: [lookUp('unknown')] }, 'sms', []],
]
for (const [name, world, facts, available, reasons] of rows) {
  test(`decided: ${name}`, () => assert.deepEqual(decide(world, facts), { available, reasons, ask: false }))
}

test('the IVR number chooses the sender', () => {
  for (const [ivrNumber, senderId] of [
    ['0800', 'other-text'],
    ['0900', 'text'],
    [null, 'text'],
  ] as const) {
    const planned = plan({ channels: [sms], question: { ivrNumber } }) as EligibilityPlan
    assert.deepEqual(
      planned.channels.map(({ senders }) => senders.map((one) => one.senderId)),
      [[senderId]],
    )
  }
})

test('a provider is asked only when nothing else tells the line type', () => {
  assert.deepEqual(decide(checked), { available: 'sms', reasons: [], ask: true })
  assert.equal(decide({ channels: [sms] }).ask, false)
  assert.equal(decide(at('+447911123456')).ask, false)
  assert.equal(decide(checked, { learned: [lookUp('mobile')] }).ask, false)
  assert.equal(decide(checked, { optedOut: ['sms'] }).ask, false)
  assert.equal(decide({ ...checked, channels: [wa] }).ask, false)
})

const asked: [AskedLineType, string, readonly string[]][] = [
  ['mobile', 'sms', []],
  ['landline', '', ['sms landline']],
  ['fixed-voip', '', ['sms voip']],
  ['non-fixed-voip', 'sms', []],
  ['toll-free', '', ['sms toll_free']],
  ['other', '', ['sms no_texts']],
  ['unknown', 'sms', []],
  ['invalid', '', ['sms invalid_number']],
  ['slow', 'sms', ['sms lookup_slow']],
  ['failed', 'sms', ['sms lookup_failed']],
]
for (const [word, available, reasons] of asked) {
  test(`the provider says ${word}`, () =>
    assert.deepEqual(decide(checked, {}, word), { available, reasons, ask: false }))
}

test('a channel with variants needs what any of them needs, and goes while one template may', () => {
  const templates = (one: ManagedTemplate['status'], other: ManagedTemplate['status']) =>
    new Map([
      ['template', { ...template, status: one, body: 'Hello {{1}}' }],
      ['other', { ...template, templateId: 'other', status: other, body: 'Hello {{2}}' }],
    ])
  const variants = [
    { name: 'A', weight: 1, templateId: 'template' },
    { name: 'B', weight: 1, templateId: 'other' },
  ]
  const texts = [
    { name: 'A', weight: 1, text: 'Hello' },
    { name: 'B', weight: 1, text: 'Hello {{name}}' },
  ]
  const channels = [
    { ...wa, variants },
    { ...sms, variants: texts },
  ] as readonly HandoffChannel[]
  const detailsOf = (config: Partial<AccountConfig>) => {
    const planned = plan({ channels, config })
    return 'details' in planned ? planned.details.map((one) => one.split(' ')[0]) : []
  }
  const own = 'templateVariables.'
  assert.deepEqual(detailsOf({ templates: templates('approved', 'approved') }), [`${own}1`, `${own}2`, `${own}name`])
  assert.deepEqual(detailsOf({ templates: templates('paused', 'approved') }), [`${own}2`, `${own}name`])
  assert.deepEqual(detailsOf({ templates: templates('paused', 'rejected') }), [`${own}name`])
})
