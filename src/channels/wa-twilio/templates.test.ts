import assert from 'node:assert/strict'
import { test } from 'node:test'
import { twilioStage } from '../../../test/provider-stage.ts'
import { type ContentStatus, simulatedWhatsappSender } from '../../../test/simulators/twilio/index.ts'
import type { NewTemplate } from '../connector.ts'
import { templates } from './templates.ts'

const { simulator, sender, http } = await twilioStage(simulatedWhatsappSender)
const plain: NewTemplate = {
  name: 'continue_in_chat',
  language: 'en',
  category: 'UTILITY',
  body: 'Hi {{1}}, shall we go on here?',
  header: null,
  footer: null,
  buttons: [],
  samples: { body: { 1: 'Ann' }, header: { 1: 'you' }, buttons: { 1: '77' } },
}
const submit = (change: Partial<NewTemplate> = {}) => templates.submit({ ...plain, ...change }, sender(), http())
const list = () => templates.list(sender(), http())

test('a template is made as a content and submitted under its name', async () => {
  const { providerTemplateId, ...rest } = await submit()
  const [content] = simulator.contents
  assert.equal(providerTemplateId, content!.sid)
  const told = { name: 'continue_in_chat', language: 'en', category: 'UTILITY', status: 'pending', reason: null }
  assert.deepEqual(rest, told)
  assert.deepEqual(content!.types, { 'twilio/text': { body: 'Hi {{1}}, shall we go on here?' } })
  assert.deepEqual(content!.variables, { 1: 'Ann' })
  assert.deepEqual([content!.friendlyName, content!.approval!.category], ['continue_in_chat', 'UTILITY'])
})

test('each takes the plainest of Twilio’s types that holds it, and all variables one numbering', async () => {
  const reply = { kind: 'quick-reply', label: 'Stop', value: 'STOP' } as const
  const open = { kind: 'url', label: 'Open', value: 'https://example.com/{{1}}' } as const
  const call = { kind: 'phone', label: 'Call', value: '+12065550100' } as const
  const actions = {
    reply: { type: 'QUICK_REPLY', title: 'Stop', id: 'STOP' },
    open: { type: 'URL', title: 'Open', url: 'https://example.com/{{2}}' },
    call: { type: 'PHONE_NUMBER', title: 'Call', phone: '+12065550100' },
  }
  const { body } = plain
  const rows: readonly (readonly [Partial<NewTemplate>, object])[] = [
    [{ buttons: [reply] }, { 'twilio/quick-reply': { body, actions: [actions.reply] } }],
    [{ buttons: [open, call] }, { 'twilio/call-to-action': { body, actions: [actions.open, actions.call] } }],
    [{ buttons: [reply, call] }, { 'whatsapp/card': { body, actions: [actions.reply, actions.call] } }],
    [{ footer: 'Example Inc.' }, { 'whatsapp/card': { body, footer: 'Example Inc.' } }],
    [
      { header: { kind: 'text', content: 'For {{1}}' }, buttons: [open] },
      {
        'whatsapp/card': {
          body,
          header_text: 'For {{2}}',
          actions: [{ ...actions.open, url: 'https://example.com/{{3}}' }],
        },
      },
    ],
    [
      { header: { kind: 'image', content: 'https://cdn.example.com/{{1}}' } },
      { 'whatsapp/card': { body, media: ['https://cdn.example.com/{{2}}'] } },
    ],
  ]
  for (const [number, [change, types]] of rows.entries()) {
    await submit({ name: `template_${number}`, ...change })
    assert.deepEqual(simulator.contents.at(-1)!.types, types)
  }
  assert.deepEqual(simulator.contents[4]!.variables, { 1: 'Ann', 2: 'you', 3: '77' })
})

test('approvals are followed by the list: every word of Twilio’s, and its reason', async () => {
  const { providerTemplateId } = await submit()
  const rows: readonly (readonly [ContentStatus, string, string, string | null])[] = [
    ['received', '', 'pending', null],
    ['pending', '', 'pending', null],
    ['approved', '', 'approved', null],
    ['rejected', 'Variables at the end', 'rejected', 'Variables at the end'],
    ['paused', 'Low quality', 'paused', 'Low quality'],
    ['disabled', '', 'disabled', null],
    ['in_appeal' as ContentStatus, '', 'pending', null],
  ]
  for (const [word, said, status, reason] of rows) {
    simulator.decideContent(providerTemplateId, word, said)
    const { name, language, category } = plain
    assert.deepEqual(await list(), [{ providerTemplateId, name, language, category, status, reason }])
  }
})

test('the list is read to its end, with contents that were never submitted, of this account alone', async () => {
  for (let number = 0; number < 51; number++) await submit({ name: `template_${number}` })
  const sid = simulator.contents[0]!.sid
  simulator.fault({ phase: 'api', match: { operation: 'approval-create' }, do: 'cut', accepts: false })
  await assert.rejects(submit({ name: 'never_submitted' }), { kind: 'unknown-outcome' })
  const all = await list()
  assert.equal(all.length, 52)
  assert.deepEqual([all[0]!.name, all[0]!.status], ['never_submitted', 'draft'])
  assert.equal(all.at(-1)!.providerTemplateId, sid)

  const stranger = { sid, account_sid: `AC${'0'.repeat(32)}`, language: 'en', friendly_name: 'x' }
  const contents = [stranger, { sid: 'HX1' }, 7, null, { sid, language: 'en', approval_requests: [] }]
  simulator.fault({ phase: 'api', do: 'patch', fields: { contents, meta: {} } })
  const odd = { providerTemplateId: sid, name: '', language: 'en', category: '', status: 'draft', reason: null }
  assert.deepEqual(await list(), [odd])
})

test('credentials follow the list’s own pages only, and a list without end is not believed', async () => {
  for (const next_page_url of [
    'https://evil.example.com/v1/ContentAndApprovals?Page=1',
    '/v1/ContentAndApprovals',
    7,
  ]) {
    simulator.fault({ phase: 'api', do: 'patch', fields: { meta: { next_page_url } } })
    await assert.rejects(list(), { kind: 'unknown-outcome' })
  }
  simulator.fault({ phase: 'api', do: 'raw', status: 200, body: '<html>' })
  await assert.rejects(list(), { kind: 'unknown-outcome' })
  const asked = simulator.requests.length
  const next_page_url = `${simulator.baseUrl}/v1/ContentAndApprovals?PageSize=50&Page=0`
  simulator.fault({ phase: 'api', times: 1e9, do: 'patch', fields: { meta: { next_page_url } } })
  await assert.rejects(list(), { kind: 'unknown-outcome' })
  assert.equal(simulator.requests.length - asked, 200)
})

test('a refused submission leaves no content behind and says template-rejected; one in doubt stays to be found', async () => {
  await submit()
  await assert.rejects(submit(), { kind: 'template-rejected' })
  assert.equal(simulator.contents.length, 1)
  simulator.fault({ phase: 'api', do: 'error', status: 400, code: 20001 })
  await assert.rejects(submit({ name: 'other' }), { kind: 'template-rejected', providerCode: '20001' })
  for (const [status, kind] of [
    [401, 'misconfigured'],
    [429, 'throttled'],
    [503, 'unknown-outcome'],
  ] as const) {
    simulator.fault({ phase: 'api', do: 'error', status, code: status === 401 ? 20003 : 20001 })
    await assert.rejects(submit({ name: 'other' }), { kind })
  }
  simulator.fault({ phase: 'api', do: 'raw', status: 201, body: '{}' })
  await assert.rejects(submit({ name: 'other' }), { kind: 'unknown-outcome' })
  assert.equal(simulator.contents.length, 1)
})

test('a name refused although its content could not be removed is still the same refusal', async () => {
  await submit()
  simulator.fault({ phase: 'api', match: { operation: 'content-delete' }, do: 'cut', accepts: false })
  await assert.rejects(submit(), { kind: 'template-rejected' })
  assert.equal(simulator.contents.length, 2)
})

test('a template is deleted with its content; one that is gone is no failure', async () => {
  const made = await submit()
  const remove = () => templates.remove(made, sender(), http())
  simulator.fault({ phase: 'api', do: 'error', status: 401, code: 20003 })
  await assert.rejects(remove(), { kind: 'misconfigured' })
  simulator.fault({ phase: 'api', do: 'cut', accepts: false })
  await assert.rejects(remove(), { kind: 'unknown-outcome' })
  assert.equal(simulator.contents.length, 1)
  await remove()
  assert.equal(simulator.contents.length, 0)
  await remove()
})
