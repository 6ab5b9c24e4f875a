import assert from 'node:assert/strict'
import test from 'node:test'
import type { AccountConfig } from './account.ts'
import { defaultSettings } from './account.ts'
import type { Handoff, SmsHandoffChannel } from './handoff.ts'
import { channelsToTry, draftInvite, type InviteState, mayBeginAgain, overrideSkillId, smsText } from './invite.ts'
import type { Sender } from './sender.ts'
import { noVariables, type TemplateVariables } from './template.ts'
import { chooseVariant } from './variant.ts'

const line = 'Reply STOP to stop.'
const sms: SmsHandoffChannel = {
  channel: 'sms',
  senderId: 's1',
  text: 'Hi {{1}}',
  optOutLine: line,
  senderByIvrNumber: {},
}
const ada = { ...noVariables, body: { '1': 'Ada {{1}}' } }

test('the text of an SMS: variables once, the IVR’s words as they are, the opt-out line when it fits', () => {
  const fitting = 'x'.repeat(1_600 - line.length - 1)
  const table: [SmsHandoffChannel, string | null, string][] = [
    [sms, null, `Hi Ada {{1}}\n${line}`],
    [{ ...sms, optOutLine: '' }, null, 'Hi Ada {{1}}'],
    [{ ...sms, optOutLine: '   ' }, null, 'Hi Ada {{1}}'],
    [sms, 'Come {{1}}', `Come {{1}}\n${line}`],
    [sms, `Come. ${line} Bye`, `Come. ${line} Bye`],
    [sms, fitting, `${fitting}\n${line}`],
    [sms, `${fitting}x`, `${fitting}x`],
    [sms, 'x'.repeat(1_600), 'x'.repeat(1_600)],
  ]
  for (const [channel, override, text] of table) assert.equal(smsText(channel, ada, override), text)
})

test('only a definite failure lets the IVR begin again', () => {
  const table: Record<InviteState, boolean> = {
    sending: false,
    sent: false,
    unknown: false,
    failed: true,
    expired: true,
    'opted-out': true,
  }
  for (const [state, again] of Object.entries(table)) assert.equal(mayBeginAgain(state as InviteState), again, state)
})

test('channels to try: the named one alone; else the open conversation’s first', () => {
  const call = { availableChannels: ['wa', 'sms'] as const }
  assert.deepEqual(channelsToTry(call, null, null), ['wa', 'sms'])
  assert.deepEqual(channelsToTry(call, 'sms', 'wa'), ['sms'])
  assert.deepEqual(channelsToTry(call, null, 'sms'), ['sms', 'wa'])
  assert.deepEqual(channelsToTry(call, null, 'inapp'), ['wa', 'sms'])
})

const sender = (senderId: string, more: Partial<Sender> = {}): [string, Sender] => [
  senderId,
  {
    accountId: '1',
    senderId,
    connector: 'c',
    channel: 'sms',
    address: '+18005550100',
    title: '',
    settings: {},
    enabled: true,
    broken: null,
    ...more,
  },
]
const handoff: Handoff = {
  handoffId: 'H000000000000001',
  title: '',
  enabled: true,
  lookbackMinutes: 60,
  channels: [
    { ...sms, senderByIvrNumber: { '+18005550199': 's2' } },
    { channel: 'wa', senderId: 'w1', templateId: 't1' },
    { channel: 'inapp', senderIds: ['a1', 'a2', 'a3'], title: 'Hello {{1}}', text: 'Tap' },
  ],
  skills: ['support'],
  routeAllWithinLookback: false,
  openConversation: 'refuse',
  inviteTtlSeconds: 600,
}
const skill = (name: string, engaged = true) => ({ skillId: `id-${name}`, name, enabled: true, engaged })
const config = {
  settings: { ...defaultSettings, channels: ['sms', 'wa', 'inapp'] },
  senders: new Map([
    sender('s1'),
    sender('s2', { enabled: false }),
    sender('w1'),
    sender('a1', { broken: 'x' }),
    sender('a2'),
    sender('a3'),
  ]),
  templates: new Map([['t1', { templateId: 't1', status: 'approved', body: 'Dear {{1}}', header: null, buttons: [] }]]),
  skillsByName: new Map([skill('support'), skill('sales'), skill('idle', false)].map((one) => [one.name, one])),
} as unknown as AccountConfig
const call = { consumerPhone: '+12065550100', consumerId: 'ada', ivrNumber: null, templateVariables: ada }

test('a draft of each channel', () => {
  assert.deepEqual(draftInvite(config, handoff, call, 'sms', null), {
    channel: 'sms',
    senderIds: ['s1'],
    address: '+12065550100',
    body: `Hi Ada {{1}}\n${line}`,
    title: null,
    templateId: null,
    variant: null,
  })
  assert.deepEqual(draftInvite(config, handoff, call, 'wa', 'mine'), {
    channel: 'wa',
    senderIds: ['w1'],
    address: '+12065550100',
    body: 'Dear Ada {{1}}',
    title: null,
    templateId: 't1',
    variant: null,
  })
  assert.deepEqual(draftInvite(config, handoff, call, 'inapp', null), {
    channel: 'inapp',
    senderIds: ['a2', 'a3'],
    address: 'ada',
    body: 'Tap',
    title: 'Hello Ada {{1}}',
    templateId: null,
    variant: null,
  })
})

test('of several texts the consumer’s own goes, of those that can; words of the IVR’s own are none of them', () => {
  const variants = [
    { name: 'A', weight: 1, text: 'Text A' },
    { name: 'B', weight: 1, text: 'Text B {{2}}' },
  ]
  const tried = {
    ...handoff,
    channels: handoff.channels.map((one) => (one.channel === 'sms' ? { ...one, variants } : one)),
  }
  const both: TemplateVariables = { ...ada, body: { ...ada.body, 2: 'two' } }
  const said = (phone: string, templateVariables = both, own: string | null = null) =>
    draftInvite(config, tried, { ...call, consumerPhone: phone, templateVariables }, 'sms', own)!
  const phones = Array.from({ length: 20 }, (_, n) => `+120655502${String(n).padStart(2, '0')}`)
  for (const phone of phones) {
    const { variant, body } = said(phone)
    assert.equal(variant, chooseVariant(handoff.handoffId, phone, variants)!.name)
    assert.equal(body, `${variant === 'A' ? 'Text A' : 'Text B two'}\n${line}`)
    assert.equal(said(phone, ada).variant, 'A', 'B lacks a variable')
    assert.deepEqual([said(phone, both, 'Own').variant, said(phone, both, 'Own').body], [null, `Own\n${line}`])
  }
  assert.equal(new Set(phones.map((phone) => said(phone).variant)).size, 2)
})

test('no draft: channel off since, sender out of order, template not approved, variable or consumer id missing', () => {
  const none = { ...call, templateVariables: noVariables }
  assert.equal(draftInvite(config, handoff, none, 'sms', null), null)
  assert.equal(draftInvite(config, handoff, none, 'wa', null), null)
  assert.notEqual(draftInvite(config, handoff, none, 'sms', 'own words'), null)
  assert.equal(draftInvite(config, handoff, { ...call, ivrNumber: '+18005550199' }, 'sms', null), null)
  assert.equal(draftInvite(config, handoff, { ...call, consumerId: null }, 'inapp', null), null)
  assert.equal(draftInvite(config, { ...handoff, channels: [] }, call, 'sms', null), null)
  const off = { ...config, settings: { ...defaultSettings, channels: ['wa'] } } as AccountConfig
  assert.equal(draftInvite(off, handoff, call, 'sms', null), null)
  const paused = { ...config, templates: new Map([['t1', { status: 'paused', body: '' }]]) } as unknown as AccountConfig
  assert.equal(draftInvite(paused, handoff, call, 'wa', null), null)
})

test('another skill: engaged, and not left out by the handoff', () => {
  const open = { ...handoff, skills: null }
  assert.equal(overrideSkillId(config, open, 'sales'), 'id-sales')
  assert.equal(overrideSkillId(config, handoff, 'sales'), null)
  assert.equal(overrideSkillId(config, handoff, 'support'), 'id-support')
  assert.equal(overrideSkillId(config, open, 'idle'), null)
  assert.equal(overrideSkillId(config, open, 'nobody'), null)
})
