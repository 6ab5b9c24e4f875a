import assert from 'node:assert/strict'
import { test } from 'node:test'
import { inapp, plan, sender, skill, sms, template, type World, wa } from '../../test/eligibility-world.ts'
import type { AccountConfig } from './account.ts'
import type { EligibilityPlan } from './eligibility.ts'
import type { HandoffChannel } from './handoff.ts'
import { type ManagedTemplate, noVariables } from './template.ts'

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
