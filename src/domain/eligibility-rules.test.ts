import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { type AccountConfig, defaultSettings } from './account.ts'
import { type Channel, channels } from './channel.ts'
import {
  type AskedLineType,
  decideEligibility,
  type EligibilityFacts,
  type EligibilityQuestion,
  planEligibility,
} from './eligibility.ts'
import { accountRuleOutcomes, channelRuleOutcomes } from './eligibility-rules.ts'
import type { Handoff, HandoffChannel } from './handoff.ts'
import type { Sender } from './sender.ts'
import { type ManagedTemplate, noVariables } from './template.ts'

const noon = new Date('2026-03-02T12:00:00Z')
const skill = { skillId: 'skill', name: 'support', enabled: true, engaged: true }
const handoffChannels: Readonly<Record<Channel, HandoffChannel>> = {
  sms: { channel: 'sms', senderId: 'sms', text: 'Hello', optOutLine: '', senderByIvrNumber: {} },
  wa: { channel: 'wa', senderId: 'wa', templateId: 'template' },
  inapp: { channel: 'inapp', senderIds: ['inapp'], title: 'Hi', text: 'Hello' },
}

const sender = (channel: Channel, works: boolean, address: string): Sender => ({
  ...{ accountId: '1', senderId: channel, connector: 'x', channel, address, title: channel, settings: {} },
  ...{ enabled: works, broken: null },
})
const template = (status: ManagedTemplate['status']): ManagedTemplate => ({
  ...{
    templateId: 'template',
    name: 't',
    language: 'en',
    status,
    body: 'Hello',
    header: null,
    footer: null,
    buttons: [],
  },
  ...{ category: 'UTILITY', samples: noVariables, senderId: 'wa', providerTemplateId: '1', reason: null },
})

const phones = ['+12061234567', '+442071838750', '+447911123456', '+19005551234', '+881612345678', '+18005551234']
const someChannels = fc.subarray([...channels])
const worlds = fc.record({
  offered: fc.constantFrom<readonly Channel[]>(['wa', 'sms'], ['sms'], ['inapp'], ['sms', 'wa']),
  on: someChannels,
  working: someChannels,
  down: someChannels,
  approved: fc.boolean(),
  stops: fc.array(
    fc.record({ skillId: fc.constantFrom('skill', 'other', null), channel: fc.constantFrom(...channels, null) }),
    {
      maxLength: 1,
    },
  ),
  phone: fc.constantFrom(...phones),
  ownNumber: fc.boolean(),
  deviceCheck: fc.boolean(),
  quiet: fc.constantFrom(null, { from: '11:00', to: '13:00', timeZone: 'UTC' }),
  cap: fc.constantFrom(null, { invites: 2, hours: 24 }),
  open: fc.constantFrom('refuse', 'continue'),
  facts: fc.record({
    optedOut: fc.subarray<Channel | '*'>([...channels, '*']),
    conversationOpen: fc.boolean(),
    recentInvites: fc.integer({ min: 0, max: 3 }),
    deviceSenderIds: fc.subarray(['inapp', 'another']),
    learned: fc.array(
      fc.record({
        channel: fc.constantFrom<Channel>('sms', 'wa'),
        reachable: fc.boolean(),
        reason: fc.constantFrom('mobile', 'landline', 'fixed-voip'),
        source: fc.constantFrom('look-up', 'refusal'),
      }),
      { maxLength: 2 },
    ),
  }),
  asked: fc.constantFrom<AskedLineType | null>(null, 'mobile', 'landline', 'slow', 'failed'),
})
type World = typeof worlds extends fc.Arbitrary<infer W> ? W : never

function judged(world: World) {
  const handoff = {
    ...{ handoffId: 'H1', title: 'H', enabled: true, lookbackMinutes: 60, skills: null, inviteTtlSeconds: 600 },
    ...{ routeAllWithinLookback: false, openConversation: world.open },
    channels: world.offered.map((channel) => handoffChannels[channel]),
  } as Handoff
  const own = sender('inapp', false, world.ownNumber ? world.phone : 'nobody')
  const settings = {
    ...defaultSettings,
    ...{ channels: world.on, deviceCheck: world.deviceCheck, quietHours: world.quiet, consumerCap: world.cap },
  }
  const config: AccountConfig = {
    ...{ accountId: '1', title: 'B', region: 'va', enabled: true, version: 1n, internalUser: true, internalApp: true },
    ...{ settings, stops: world.stops, apiKeys: new Map(), appInstalls: new Map(), tellsCalls: false },
    skills: new Map([['skill', skill]]) as unknown as AccountConfig['skills'],
    skillsByName: new Map([['support', skill]]) as unknown as AccountConfig['skillsByName'],
    senders: new Map([
      ...channels.map((channel): [string, Sender] => [
        channel,
        sender(channel, world.working.includes(channel), channel),
      ]),
      ['own', { ...own, senderId: 'own' }],
    ]),
    handoffs: new Map([['H1', handoff]]),
    templates: new Map([['template', template(world.approved ? 'approved' : 'paused')]]),
  } as AccountConfig
  const question: EligibilityQuestion = {
    ...{ phone: world.phone, skill: 'support', handoffId: 'H1', templateVariables: noVariables, ivrNumber: null },
    consumerId: 'ada',
  }
  const plan = planEligibility(config, question, (id) => (world.down as readonly string[]).includes(id))
  if ('problem' in plan) return { plan, decided: null, rules: [] }
  const facts = world.facts as EligibilityFacts
  return {
    plan,
    decided: decideEligibility(plan, facts, noon, world.asked),
    rules: channelRuleOutcomes(config, question, plan, facts, noon, world.asked),
  }
}

test('a channel is available exactly when none of its rules says no', () => {
  fc.assert(
    fc.property(worlds, (world) => {
      const { decided, rules } = judged(world)
      if (decided === null) return
      for (const channel of world.offered) {
        const own = rules.filter((rule) => rule.channel === channel)
        assert.ok(own.length >= 8)
        const available: boolean = decided.availableChannels.includes(channel)
        assert.equal(
          own.every(({ passed }) => passed !== false),
          available,
        )
        // What a caller would be told first is among the rules that say no.
        const refusal = decided.reasons.find((one) => one.channel === channel)
        if (!available) assert.ok(own.some(({ passed, sentence }) => passed === false && sentence === refusal!.message))
      }
    }),
    { numRuns: 500 },
  )
})

test('rules of the account pass up to the one that refuses, and the rest is not looked at', () => {
  fc.assert(
    fc.property(worlds, (world) => {
      const { plan } = judged(world)
      const outcomes = accountRuleOutcomes(plan)
      const refused = outcomes.findIndex(({ passed }) => passed === false)
      assert.equal(refused === -1, !('problem' in plan))
      for (const [place, { passed }] of outcomes.entries())
        assert.equal(passed, refused === -1 || place < refused ? true : place === refused ? false : null)
    }),
    { numRuns: 200 },
  )
})
