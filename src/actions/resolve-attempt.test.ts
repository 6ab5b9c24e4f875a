import assert from 'node:assert/strict'
import test, { after, before } from 'node:test'
import { inviteBy, invitedRows, type SendingStage, sendingStage } from '../../test/sending-stage.ts'
import type { PlainAnswer } from '../../test/simulators/plain-provider.ts'
import { simulatedAccount, startTwilioSimulator } from '../../test/simulators/twilio/index.ts'
import { type TestBrand, testBrand } from '../../test/test-brand.ts'
import { testCall } from '../../test/test-call.ts'
import { testServer } from '../../test/test-server.ts'
import { smsTwilio } from '../channels/sms-twilio/index.ts'
import type { Deps } from '../deps.ts'
import { lockConsumer } from '../store/consumer-lock.ts'
import { atomic } from '../store/db.ts'
import { advanceMessage } from '../store/message-status.ts'
import { isOptedOut, recordOptOut } from '../store/opt-outs.ts'
import { deliverMessage } from './deliver-message.ts'
import { resolveAttempt } from './resolve-attempt.ts'
import { sweepAttempts } from './sweep-attempts.ts'

let stage: SendingStage
before(async () => {
  stage = await sendingStage({ env: { INVITE_DEADLINE_MS: '15000' } })
})
after(() => stage.close())

const system = (brand: TestBrand) => ({ kind: 'system', accountId: brand.accountId }) as const
const sentTo = (phone: string) => stage.provider.accepted.filter((message) => message.to === phone)

/** An invite whose send ended as `answer` says. */
async function invited(brand: TestBrand, answer: PlainAnswer) {
  const { deps } = stage.server
  const call = await testCall(stage.server, brand)
  stage.provider.next(answer)
  await inviteBy(deps, brand, call.callId)
  const { attempts, messages } = await invitedRows(deps, brand, call.callId)
  return { ...call, attemptId: attempts[0]!.attempt_id as string, messageId: messages[0]!.message_id as string }
}

/** An invite whose holder died: right after the claim, or (`'accept'`) after the provider took the message. */
async function abandoned(brand: TestBrand, died: 'before-the-call' | 'after-the-call') {
  const { deps } = stage.server
  const { db } = deps
  const done = await invited(brand, died === 'after-the-call' ? 'accept-and-cut' : 'fail')
  // The row as the dead process left it: claimed, its lease over.
  await db`
    update attempts set state = 'claimed', unknown_reason = null, unknown_since = null, next_ask_at = null, failure_kind = null,
      lease_until = clock_timestamp() - interval '1 second'
    where account_id = ${brand.accountId} and attempt_id = ${done.attemptId}`
  await db`update messages set status = 'sending', failure_kind = null where message_id = ${done.messageId}`
  await db`update invites set state = 'sending', failure_kind = null where call_id = ${done.callId}`
  await db`delete from graphile_worker._private_jobs`
  return done
}

/** Asks now, whatever the plan says. */
async function askNow(deps: Deps, brand: TestBrand, attemptId: string): Promise<void> {
  await deps.db`update attempts set next_ask_at = now() where attempt_id = ${attemptId} and state = 'unknown'`
  await resolveAttempt(deps, system(brand), { attemptId })
}

const attemptRow = async (attemptId: string) =>
  (await stage.server.deps.db`select * from attempts where attempt_id = ${attemptId}`)[0]!

test('unclear answer, and the provider has it: sent, by asking', async () => {
  const { deps } = stage.server
  const brand = await stage.brand()
  for (const answer of ['accept-and-cut', 'accept-and-fail'] as const) {
    const { callId, attemptId, phone } = await invited(brand, answer)
    await askNow(deps, brand, attemptId)
    const rows = await invitedRows(deps, brand, callId)
    assert.equal(rows.attempts[0]!.state, 'sent')
    assert.equal(rows.invite!.state, 'sent')
    assert.equal(rows.messages[0]!.provider_id, sentTo(phone)[0]!.id)
    assert.deepEqual(rows.steps, ['invite-accepted', 'sending', 'outcome-unknown', 'sent'])
    assert.equal(sentTo(phone).length, 1)
  }
})

test('unclear answer, and the provider has not got it: asked at 5, 15, 60 and 300 s, given up, never sent again', async () => {
  const { deps } = stage.server
  const brand = await stage.brand()
  const { callId, attemptId, phone } = await invited(brand, 'fail')
  const requests = stage.provider.requests.length
  const asked = stage.provider.asked
  const waits: number[] = []
  for (let question = 0; question < 6; question += 1) {
    const row = await attemptRow(attemptId)
    if (row.state !== 'unknown') break
    const [wait] = await deps.db`
      select round(extract(epoch from next_ask_at - now()))::int as seconds from attempts where attempt_id = ${attemptId}`
    waits.push(wait!.seconds)
    await askNow(deps, brand, attemptId)
  }
  assert.deepEqual(waits, [5, 10, 45, 240])
  assert.equal(stage.provider.asked, asked + 4)
  assert.equal(stage.provider.requests.length, requests)
  assert.equal(sentTo(phone).length, 0)
  const rows = await invitedRows(deps, brand, callId)
  assert.equal(rows.attempts[0]!.state, 'gave-up')
  assert.equal(rows.invite!.state, 'unknown')
  assert.equal(rows.call.error_code, 'unknown-outcome')
  assert.equal(rows.steps.at(-1), 'gave-up')

  await inviteBy(deps, brand, callId)
  assert.equal(
    stage.provider.requests.length,
    requests,
    'what may have gone out is not sent again because the IVR asks',
  )

  const { message_id: messageId } = rows.messages[0]!
  await atomic(deps.db, (tx) =>
    advanceMessage(tx, brand.accountId, messageId, { status: 'delivered', at: new Date(), providerId: 'late' }),
  )
  const late = await invitedRows(deps, brand, callId)
  assert.deepEqual([late.attempts[0]!.state, late.invite!.state, late.call.error_code], ['sent', 'sent', null])
})

test('a provider that cannot be asked: parked until its callback comes', async () => {
  const { deps } = stage.server
  const brand = await stage.brand({ findable: false })
  const { callId, attemptId, messageId } = await invited(brand, 'accept-and-cut')
  await askNow(deps, brand, attemptId)
  assert.equal((await attemptRow(attemptId)).state, 'unknown')
  await atomic(deps.db, (tx) =>
    advanceMessage(tx, brand.accountId, messageId, { status: 'sending', at: new Date(), providerId: 'P1' }),
  )
  const rows = await invitedRows(deps, brand, callId)
  assert.deepEqual([rows.attempts[0]!.state, rows.messages[0]!.status, rows.invite!.state], ['sent', 'sent', 'sent'])
})

test('the provider says when it is asked that the consumer has stopped there, or is not reached: that is learned', async () => {
  const { deps } = stage.server
  const { db } = deps
  for (const optOutScope of ['all', 'channel'] as const) {
    const brand = await stage.brand({ settings: { optOutScope } })
    const { callId, attemptId, phone } = await invited(brand, 'accept-and-cut')
    stage.provider.failed.set(sentTo(phone)[0]!.id, { kind: 'opted-out', code: '21610' })
    await askNow(deps, brand, attemptId)
    const rows = await invitedRows(deps, brand, callId)
    assert.deepEqual([rows.invite!.state, rows.invite!.failure_kind], ['failed', 'opted-out'])
    assert.equal(await isOptedOut(db, brand.accountId, phone, 'sms'), true)
    assert.equal(await isOptedOut(db, brand.accountId, phone, 'wa'), optOutScope === 'all')
    const [line] = await db`select source, evidence, sender_id from opt_out_history where address = ${phone}`
    assert.deepEqual(line, {
      ...{ source: 'provider-refusal', evidence: '21610', sender_id: brand.smsSender.senderId },
    })
    const again = await testCall(stage.server, brand, { phone })
    await assert.rejects(inviteBy(deps, brand, again.callId), { code: 'cannot-send' })
    assert.equal(sentTo(phone).length, 1)
  }

  const brand = await stage.brand()
  const unreached = await invited(brand, 'accept-and-cut')
  stage.provider.failed.set(sentTo(unreached.phone)[0]!.id, { kind: 'not-reachable-here', code: '30006' })
  await askNow(deps, brand, unreached.attemptId)
  const learned = await db`select reachable, reason from reachability where address = ${unreached.phone}`
  assert.deepEqual([...learned], [{ reachable: false, reason: 'not-reachable-here' }])
})

test('what the provider says when it is asked is no news once a callback has said better', async () => {
  const { deps } = stage.server
  const brand = await stage.brand()
  const { attemptId, messageId, phone } = await invited(brand, 'accept-and-cut')
  const { id } = sentTo(phone)[0]!
  stage.provider.failed.set(id, { kind: 'not-reachable-here', code: '30006' })
  // The callback is stored while the provider is being asked.
  await atomic(deps.db, (tx) =>
    advanceMessage(tx, brand.accountId, messageId, { status: 'delivered', at: new Date(), providerId: id }),
  )
  await deps.db`
    update attempts set state = 'unknown', next_ask_at = now(), asked = 0 where attempt_id = ${attemptId}`
  await resolveAttempt(deps, system(brand), { attemptId })
  assert.equal((await deps.db`select 1 from reachability where address = ${phone}`).length, 0)
})

test('PR-04: the holder died before the call: taken over and sent once, under a new fence', async () => {
  const { deps } = stage.server
  const brand = await stage.brand()
  const { callId, attemptId, phone } = await abandoned(brand, 'before-the-call')
  const before = await attemptRow(attemptId)
  await sweepAttempts(deps)
  assert.deepEqual(
    [(await attemptRow(attemptId)).state, (await attemptRow(attemptId)).unknown_reason],
    ['unknown', 'lease-expired'],
  )
  await resolveAttempt(deps, system(brand), { attemptId })
  const free = await attemptRow(attemptId)
  assert.deepEqual([free.state, free.fence], ['accepted', before.fence + 1])
  await deliverMessage(deps, system(brand), { attemptId })
  assert.equal(sentTo(phone).length, 1)
  const rows = await invitedRows(deps, brand, callId)
  assert.equal(rows.invite!.state, 'sent')
  assert.ok(rows.steps.includes('taken-over'))
})

test('PR-03: the holder died after the provider took it: found, no second copy', async () => {
  const { deps } = stage.server
  const brand = await stage.brand()
  const { callId, attemptId, phone } = await abandoned(brand, 'after-the-call')
  await sweepAttempts(deps)
  await resolveAttempt(deps, system(brand), { attemptId })
  assert.equal((await attemptRow(attemptId)).state, 'sent')
  assert.equal(sentTo(phone).length, 1)
  assert.equal((await invitedRows(deps, brand, callId)).invite!.state, 'sent')
})

test('the holder died and the provider cannot be asked: parked and given up, not sent blindly', async () => {
  const { deps } = stage.server
  const brand = await stage.brand({ findable: false })
  const { attemptId, phone } = await abandoned(brand, 'before-the-call')
  await sweepAttempts(deps)
  for (let question = 0; question < 8; question += 1) await askNow(deps, brand, attemptId)
  assert.equal((await attemptRow(attemptId)).state, 'gave-up')
  assert.equal(sentTo(phone).length, 0)
})

test('taken over too late or after a STOP: not sent', async () => {
  const { deps } = stage.server
  const brand = await stage.brand()
  const late = await abandoned(brand, 'before-the-call')
  await deps.db`update attempts set expires_at = now() where attempt_id = ${late.attemptId}`
  const stopped = await abandoned(brand, 'before-the-call')
  await atomic(deps.db, async (tx) => {
    await lockConsumer(tx, brand.accountId, stopped.phone)
    const word = {
      address: stopped.phone,
      channel: 'sms',
      source: 'keyword',
      evidence: 'STOP',
      senderId: null,
    } as const
    await recordOptOut(tx, brand.accountId, { ...word, scope: 'all' })
  })
  await sweepAttempts(deps)
  for (const { attemptId } of [late, stopped]) await resolveAttempt(deps, system(brand), { attemptId })
  assert.equal((await attemptRow(late.attemptId)).state, 'expired')
  assert.equal((await attemptRow(stopped.attemptId)).state, 'opted-out')
  assert.equal((await invitedRows(deps, brand, late.callId)).invite!.state, 'expired')
  assert.equal(sentTo(late.phone).length + sentTo(stopped.phone).length, 0)
})

test('two askers at once: one asks', async () => {
  const { deps } = stage.server
  const brand = await stage.brand()
  const { attemptId } = await invited(brand, 'fail')
  await deps.db`update attempts set next_ask_at = now() where attempt_id = ${attemptId}`
  const asked = stage.provider.asked
  await Promise.all([1, 2, 3, 4].map(() => resolveAttempt(deps, system(brand), { attemptId })))
  assert.equal(stage.provider.asked, asked + 1)
})

test('a message that the provider names but that is another of ours is not taken for it', async () => {
  const { deps } = stage.server
  const brand = await stage.brand()
  const { attemptId, phone } = await invited(brand, 'accept-and-cut')
  const other = await invited(brand, 'accept')
  await deps.db`update messages set provider_id = ${sentTo(phone)[0]!.id} where message_id = ${other.messageId}`
  await askNow(deps, brand, attemptId)
  assert.equal((await attemptRow(attemptId)).state, 'unknown')
})

test('PR-04: the holder died before the call, and Twilio has the same text of another invite: taken over, sent once', async () => {
  const { accountSid, authToken, numbers } = simulatedAccount
  const twilio = await startTwilioSimulator({ accounts: [simulatedAccount] })
  const server = await testServer({ connectors: [smsTwilio] })
  const { deps } = server
  const brand = await testBrand(server, {
    smsConnector: 'sms-twilio',
    smsAddress: numbers[0],
    smsSettings: { accountSid, apiBaseUrl: twilio.baseUrl, lookupsBaseUrl: twilio.baseUrl },
    smsSecrets: { authToken },
  })
  /** An invite to the same consumer, two minutes later, whose holder died right after the claim. */
  async function abandonedLater(phone: string) {
    const { callId } = await testCall(server, brand, { phone })
    twilio.fault({ phase: 'api', do: 'error', status: 500, code: 20500 })
    await inviteBy(deps, brand, callId)
    await deps.db`
      update attempts set state = 'claimed', claimed_at = clock_timestamp() + interval '2 minutes', unknown_reason = null,
        unknown_since = null, next_ask_at = null, failure_kind = null, lease_until = clock_timestamp() - interval '1 second'
      where account_id = ${brand.accountId} and call_id = ${callId}`
    await deps.db`update messages set status = 'sending', failure_kind = null where call_id = ${callId}`
    await deps.db`update invites set state = 'sending', failure_kind = null where call_id = ${callId}`
    await sweepAttempts(deps)
    const { attempts } = await invitedRows(deps, brand, callId)
    return { callId, attemptId: attempts[0]!.attempt_id as string }
  }
  const stateOf = async (callId: string) => (await invitedRows(deps, brand, callId)).attempts[0]!.state
  try {
    twilio.shiftClock(150_000)
    const first = await testCall(server, brand)
    await inviteBy(deps, brand, first.callId)
    assert.equal(twilio.accepted.length, 1)
    const second = await abandonedLater(first.phone)
    await askNow(deps, brand, second.attemptId)
    assert.equal(await stateOf(second.callId), 'accepted')
    await deliverMessage(deps, system(brand), { attemptId: second.attemptId })
    assert.equal(await stateOf(second.callId), 'sent')
    assert.equal(twilio.accepted.length, 2)

    // Of two whose answers are both unknown, one that is there may be either's: found for the one, it proves nothing for the other.
    const third = await testCall(server, brand)
    twilio.fault({ phase: 'api', do: 'cut', accepts: true })
    await inviteBy(deps, brand, third.callId)
    const attemptId = (await invitedRows(deps, brand, third.callId)).attempts[0]!.attempt_id as string
    await askNow(deps, brand, attemptId)
    assert.equal(await stateOf(third.callId), 'sent')
    const fourth = await abandonedLater(third.phone)
    await askNow(deps, brand, fourth.attemptId)
    assert.equal(await stateOf(fourth.callId), 'unknown')
  } finally {
    await server.close()
    await twilio.close()
  }
})
