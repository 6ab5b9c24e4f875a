import assert from 'node:assert/strict'
import { test } from 'node:test'
import { inapp, plan, sender, sms, type World, wa } from '../../test/eligibility-world.ts'
import type { Channel } from './channel.ts'
import { type AskedLineType, decideEligibility, type EligibilityFacts, type EligibilityPlan } from './eligibility.ts'
import { eligibilityReasons } from './eligibility-reasons.ts'

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
