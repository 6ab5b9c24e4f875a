import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { atomic } from '../../src/store/db.ts'
import { advanceMessage } from '../../src/store/message-status.ts'
import { recordOptOut } from '../../src/store/opt-outs.ts'
import { appJwt, callIvr, eligibilityBody } from '../ivr-client.ts'
import { type TestBrand, testBrand } from '../test-brand.ts'
import { journalConnector } from '../test-conversation.ts'
import { testPhone } from '../test-phone.ts'
import { type TestServer, testServer } from '../test-server.ts'
import { ask } from '../test-user.ts'

/* What an IVR does is in the brand's report with the very next request: no delay, no worker needed. */
let server: TestServer
let brand: TestBrand
let authorization: string

before(async () => {
  server = await testServer({ connectors: [journalConnector()], env: { REPORTING_RATE_LIMIT: '1000' } })
  brand = await testBrand(server, { smsConnector: 'sms-journal' })
  authorization = `Bearer ${await appJwt(server, brand)}`
})
after(() => server.close())

const span = () => `attemptedStartTime=${Date.now() - 3_600_000}&attemptedEndTime=${Date.now() + 60_000}`
const url = (path: string) => `${server.url}/api/account/${brand.accountId}/app/c2m/${path}`
async function row() {
  const answer = await ask(url(`analytics/?${span()}`), 'GET', undefined, { authorization })
  assert.equal(answer.status, 200)
  assert.ok(answer.body.analytics.length <= 1)
  const { attempted, eligible, skipped, sent, failed, delivered } = answer.body.analytics[0] ?? {}
  return { attempted, eligible, skipped, sent, failed, delivered }
}
const eligibility = async (phone: string) =>
  (await callIvr(server, brand, 'eligibility', { body: { ...eligibilityBody(brand), consumerPhoneNumber: phone } }))
    .body

test('each step of a call counts in the next request', async () => {
  const { callId } = await eligibility(testPhone())
  assert.deepEqual(await row(), { attempted: 1, eligible: 1, skipped: 0, sent: 0, failed: 1, delivered: 0 })

  assert.equal((await callIvr(server, brand, 'invite', { body: { callId } })).status, 200)
  assert.deepEqual(await row(), { attempted: 1, eligible: 1, skipped: 0, sent: 1, failed: 0, delivered: 0 })

  const { db } = server.deps
  const [message] = await db<
    { message_id: string }[]
  >`select message_id from messages where call_id = ${callId as string}`
  await atomic(db, (tx) => advanceMessage(tx, brand.accountId, message!.message_id, { status: 'delivered' }))
  assert.deepEqual(await row(), { attempted: 1, eligible: 1, skipped: 0, sent: 1, failed: 0, delivered: 1 })

  const page = await ask(url(`transactions/?${span()}&v=2.0`), 'POST', {}, { authorization })
  const [told] = page.body.transactions
  assert.equal(told.transactionId, callId)
  assert.equal(told.messageStatus, 'DELIVERED')
  assert.match(told.firstMessage, /^Reply to continue by text\./)
  assert.ok(
    told.attemptedTime <= told.inviteTime && told.inviteTime <= told.sentTime && told.sentTime <= told.deliveredTime,
  )
})

test('a consumer who has opted out is skipped, and has not failed for another reason', async () => {
  const phone = testPhone()
  const { senderId } = brand.smsSender
  await atomic(server.deps.db, (tx) =>
    recordOptOut(tx, brand.accountId, {
      address: phone,
      channel: 'sms',
      scope: 'channel',
      source: 'keyword',
      evidence: 'STOP',
      senderId,
    }),
  )
  const { callId, eligible } = await eligibility(phone)
  assert.equal(eligible, false)
  assert.deepEqual(await row(), { attempted: 2, eligible: 1, skipped: 1, sent: 1, failed: 1, delivered: 1 })
  const body = { filters: { transactionids: [callId], messagestatus: ['SKIPPED'] } }
  const page = await ask(url(`transactions/?${span()}&v=2.0`), 'POST', body, { authorization })
  const [told] = page.body.transactions
  assert.equal(told.skippedTime, told.attemptedTime)
  assert.deepEqual([told.errorCode, told.failedTime, told.channel], [null, null, 'sms'])
})

test('provider refusals and delivery failures are told in the dictionary’s codes, with the sender’s connector known', async () => {
  const { callId } = await eligibility(testPhone())
  await callIvr(server, brand, 'invite', { body: { callId } })
  const { db } = server.deps
  const [message] = await db<{ message_id: string; sender_id: string }[]>`
    select message_id, calls.sender_id from messages join calls using (account_id, call_id) where call_id = ${callId as string}`
  assert.equal(message!.sender_id, brand.smsSender.senderId)
  await atomic(db, (tx) =>
    advanceMessage(tx, brand.accountId, message!.message_id, {
      status: 'failed',
      failure: { kind: 'not-reachable-here', providerCode: '30006' },
    }),
  )
  const answer = await ask(url(`analytics/?${span()}`), 'GET', undefined, { authorization })
  assert.deepEqual(answer.body.analytics[0].error_aggregation, { twilio_30006: 1 })
})
