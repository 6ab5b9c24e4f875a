import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, test } from 'node:test'
import { callIvr } from '../../../test/ivr-client.ts'
import { type TestBrand, testBrand, testHandoff } from '../../../test/test-brand.ts'
import { testConversation } from '../../../test/test-conversation.ts'
import { testPhone } from '../../../test/test-phone.ts'
import { type TestServer, testServer } from '../../../test/test-server.ts'
import { type TestUser, testUser } from '../../../test/test-user.ts'

let server: TestServer
let brand: TestBrand
let boss: TestUser
let both: string

before(async () => {
  server = await testServer()
  brand = await testBrand(server)
  boss = await testUser(server, brand.accountId, 'administrator')
  const { db } = server.deps
  const [waSender, template] = [randomUUID(), randomUUID()]
  await db`insert into senders (account_id, sender_id, connector, channel, address, title, settings)
    values (${brand.accountId}, ${waSender}, 'wa-simulator', 'wa', ${testPhone()}, 'WhatsApp', '{}')`
  await db`insert into templates (account_id, template_id, name, language, status, body)
    values (${brand.accountId}, ${template}, 'hello', 'en', 'approved', 'Hello')`
  both = await testHandoff(server, brand.accountId, [
    { channel: 'wa', senderId: waSender, templateId: template },
    { ...{ channel: 'sms', senderId: brand.smsSender.senderId, text: 'Hi' }, optOutLine: '', senderByIvrNumber: {} },
  ])
})
after(() => server.close())

interface Rule {
  rule: string
  channel: string | null
  passed: boolean | null
  sentence: string
  ms: number
}
const tried = async (phone: string, more: Record<string, unknown> = {}) =>
  boss.ask('POST', `/api/admin/accounts/${brand.accountId}/eligibility-test`, {
    ...{ phone, handoffId: both, skill: 'support' },
    ...more,
  })
const failed = (rules: readonly Rule[]) =>
  rules.filter(({ passed }) => passed === false).map(({ channel, rule }) => `${channel} ${rule}`)

/** The tester and the door of the IVR must say the same. */
async function sameAsTheDoor(phone: string): Promise<readonly Rule[]> {
  const { body } = await tried(phone)
  const answer = await callIvr(server, brand, 'eligibility', {
    body: { consumerPhoneNumber: phone, handoffId: both, skill: 'support' },
  })
  assert.deepEqual(body.availableChannels, answer.body.availableChannels)
  assert.equal(body.eligible, answer.body.eligible)
  return body.rules
}

test('for a stranger every rule passes, and nothing is stored', async () => {
  const { db } = server.deps
  const { body, status } = await tried('+1 (206) 555-0134')
  assert.equal(status, 200)
  assert.deepEqual(body.availableChannels, ['wa', 'sms'])
  assert.ok(body.rules.every((rule: Rule) => rule.passed === true && rule.sentence !== '' && rule.ms >= 0))
  assert.deepEqual([...new Set(body.rules.map(({ channel }: Rule) => channel))], [null, 'wa', 'sms'])
  const [calls] = await db`select count(*)::int from calls where account_id = ${brand.accountId}`
  assert.equal(calls!.count, 0)
})

test('what stands against a number is named for each channel, and the door says the same', async () => {
  const { db } = server.deps
  const stopped = testPhone()
  await db`insert into opt_outs (account_id, address, channel, opted_out_at, source)
    values (${brand.accountId}, ${stopped}, 'sms', now(), 'keyword')`
  assert.deepEqual(failed(await sameAsTheDoor(stopped)), ['sms not_opted_out'])

  const talking = (await testConversation(server, brand)).phone
  assert.deepEqual(failed(await sameAsTheDoor(talking)), ['wa no_open_conversation', 'sms no_open_conversation'])
  // Both faults are shown, where a caller's answer names the first alone.
  await db`insert into opt_outs (account_id, address, channel, opted_out_at, source)
    values (${brand.accountId}, ${talking}, '*', now(), 'keyword')`
  assert.deepEqual(failed(await sameAsTheDoor(talking)).sort(), [
    'sms no_open_conversation',
    'sms not_opted_out',
    'wa no_open_conversation',
    'wa not_opted_out',
  ])
  assert.deepEqual(failed(await sameAsTheDoor('+19005551234')), ['sms destination_allowed'])
})

test('a stop by hand leaves the channel out, with the reason', async () => {
  const { db } = server.deps
  await db`insert into stops (account_id, stop_id, channel, stopped_by)
    values (${brand.accountId}, ${randomUUID()}, 'wa', 'user:x')`
  server.deps.accounts.drop(brand.accountId)
  try {
    const rules = await sameAsTheDoor(testPhone())
    assert.deepEqual(failed(rules), ['wa not_stopped'])
    assert.match(rules.find(({ rule, channel }) => rule === 'not_stopped' && channel === 'wa')!.sentence, /supervisor/)
    const after = rules.filter(({ channel, passed }) => channel === 'wa' && passed === null)
    assert.ok(after.length > 3 && after.every(({ sentence }) => sentence.startsWith('Not looked at')))
  } finally {
    await db`delete from stops where account_id = ${brand.accountId}`
    server.deps.accounts.drop(brand.accountId)
  }
})

test('what the contract would refuse is the rule that fails, and the rest is not looked at', async () => {
  for (const [more, problem] of [
    [{ handoffId: 'H999999999999999' }, 'no-handoff'],
    [{ skill: 'nobody' }, 'no-engagement'],
  ] as const) {
    const { body } = await tried(testPhone(), more)
    assert.equal(body.problem, problem)
    assert.equal(body.eligible, false)
    assert.deepEqual(failed(body.rules), [`null ${problem}`])
    assert.equal(body.rules.at(-1).passed, null)
  }
  assert.equal((await tried('abc')).body.code, 'invalid-phone')
})
