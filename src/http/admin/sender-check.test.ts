import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, test } from 'node:test'
import { simulatedSms } from '../../../test/simulated-provider.ts'
import { type TestBrand, testBrand } from '../../../test/test-brand.ts'
import { testPhone } from '../../../test/test-phone.ts'
import { type TestServer, testServer } from '../../../test/test-server.ts'
import { type TestUser, testUser } from '../../../test/test-user.ts'

let server: TestServer
let brand: TestBrand
let boss: TestUser

before(async () => {
  server = await testServer({ env: { SANDBOX: 'on' } })
  brand = await testBrand(server, { ...simulatedSms, smsAddress: testPhone() })
  boss = await testUser(server, brand.accountId, 'administrator')
})
after(() => server.close())

const call = (method: string, path: string, body?: unknown) =>
  boss.ask(method, `/api/admin/accounts/${brand.accountId}${path}`, body)
const wrong = async (senderId = brand.smsSender.senderId) => {
  const { status, body } = await call('POST', `/senders/${senderId}/check`)
  assert.equal(status, 200)
  const said = (body.checks as { what: string; ok: boolean; sentence: string }[]).filter(({ ok }) => !ok)
  assert.equal(body.ok, said.length === 0)
  return said
}

test('a sender that works passes, and the list shows where its provider must call', async () => {
  assert.deepEqual(await wrong(), [])
  const { body } = await call('POST', `/senders/${brand.smsSender.senderId}/check`)
  assert.deepEqual(
    body.checks.map(({ what }: { what: string }) => what),
    ['settings', 'public-address', 'credentials'],
  )
  const [listed] = (await call('GET', '/senders')).body.senders
  assert.equal(
    listed.hookUrl,
    `${server.deps.publicUrl}/hooks/sms-simulator/${brand.accountId}/${brand.smsSender.senderId}`,
  )
  assert.deepEqual((await call('GET', '/health')).body, { sentences: [] })
})

test('what is wrong is said in a sentence, here and on the strip', async () => {
  const { db } = server.deps
  const { accountId, smsSender } = brand
  await db`update senders set broken = 'The provider refuses this sender.' where sender_id = ${smsSender.senderId}`
  try {
    assert.deepEqual(
      (await wrong()).map(({ sentence }) => sentence),
      ['The provider refuses this sender.'],
    )
    const { sentences } = (await call('GET', '/health')).body
    assert.deepEqual(
      sentences.map(({ about, level }: { about: string; level: string }) => `${level} ${about}`),
      ['error sender', 'error handoff'],
    )
  } finally {
    await db`update senders set broken = null where sender_id = ${smsSender.senderId}`
  }
  const astray = randomUUID()
  await db`insert into senders (account_id, sender_id, connector, channel, address, title, settings, enabled)
    values (${accountId}, ${astray}, 'sms-twilio', 'sms', '+12065550188', 'Old', '{"accountSid": "AC1"}', false)`
  const found = (await wrong(astray)).map(({ what }) => what)
  assert.ok(found.includes('settings') && found.includes('switch') && found.includes('public-address'))
  assert.ok(!found.includes('credentials'))
  assert.equal((await call('POST', `/senders/${randomUUID()}/check`)).status, 404)
})

test('a stop by hand stands on the strip as a warning', async () => {
  const { db } = server.deps
  await db`insert into stops (account_id, stop_id, skill_id, channel, stopped_by)
    values (${brand.accountId}, ${randomUUID()}, ${brand.skills.sales}, 'sms', 'user:x')`
  const { sentences } = (await call('GET', '/health')).body
  assert.deepEqual(sentences, [
    {
      level: 'warning',
      about: 'stop',
      id: brand.skills.sales,
      sentence: 'SMS is stopped by hand for the skill sales.',
    },
  ])
})
