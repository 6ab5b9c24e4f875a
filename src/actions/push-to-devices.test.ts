import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import test, { after, before } from 'node:test'
import { inviteBy, invitedRows, type SendingStage, sendingStage } from '../../test/sending-stage.ts'
import type { TestBrand } from '../../test/test-brand.ts'
import { testCall } from '../../test/test-call.ts'
import { Problem } from '../errors.ts'
import { secretContext } from '../store/account-config.ts'
import { lockConsumer } from '../store/consumer-lock.ts'
import { atomic } from '../store/db.ts'
import { advanceMessage } from '../store/message-status.ts'
import { recordOptOut } from '../store/opt-outs.ts'
import { deliverMessage } from './deliver-message.ts'

let stage: SendingStage
before(async () => {
  stage = await sendingStage()
})
after(() => stage.close())

/** A consumer with a device for each of `tokens`, the first registered last, in turn in the one app and the other. */
async function consumer(brand: TestBrand, senderIds: readonly string[], tokens: readonly string[]) {
  const { db, cipher } = stage.server.deps
  const consumerId = randomUUID()
  for (const [n, token] of tokens.entries()) {
    const deviceId = randomUUID()
    await db`
      insert into devices (account_id, device_id, sender_id, consumer_id, platform, token, registered_at)
      values (${brand.accountId}, ${deviceId}, ${senderIds[n % senderIds.length]!}, ${consumerId}, 'simulator',
        ${cipher.encrypt(token, secretContext.device(brand.accountId, deviceId))}, now() - make_interval(hours => ${n}))`
  }
  return consumerId
}

async function invited(tokens: readonly string[]) {
  const brand = await stage.brand()
  const { handoffId, senderIds } = await stage.twoApps(brand)
  const consumerId = await consumer(brand, senderIds, tokens)
  const { callId } = await testCall(stage.server, { ...brand, handoffId }, { consumerId, channels: ['inapp'] })
  return { brand, callId, consumerId, senderIds }
}

/** Runs the jobs that wait for this invite's attempts. */
async function deliverRest(brand: TestBrand, callId: string) {
  const { attempts } = await invitedRows(stage.server.deps, brand, callId)
  for (const { attempt_id: attemptId } of attempts)
    await deliverMessage(stage.server.deps, { kind: 'system', accountId: brand.accountId }, { attemptId })
}

const pushedTo = () => stage.provider.requests.splice(0).map(({ device }) => device)

test('one message, an attempt for each live device; the invite is sent when one push was accepted', async () => {
  const { deps } = stage.server
  const { brand, callId, senderIds } = await invited(['phone', 'tablet', 'browser'])
  pushedTo()
  await inviteBy(deps, brand, callId)
  assert.deepEqual(pushedTo(), ['phone'], 'the newest within the request')
  const first = await invitedRows(deps, brand, callId)
  assert.deepEqual([first.invite!.state, first.messages.length, first.attempts.length], ['sent', 1, 3])
  assert.deepEqual(
    first.attempts.map((attempt) => attempt.sender_id).sort(),
    [senderIds[0], senderIds[0], senderIds[1]].sort(),
  )
  await deliverRest(brand, callId)
  assert.deepEqual(pushedTo().sort(), ['browser', 'tablet'])
  const { attempts, invite, steps } = await invitedRows(deps, brand, callId)
  assert.ok(attempts.every((attempt) => attempt.state === 'sent'))
  assert.equal(new Set(attempts.map((attempt) => attempt.provider_id)).size, 3)
  assert.equal(invite!.state, 'sent')
  assert.ok(!steps.includes('second-copy'), 'several devices are no duplicate')
})

test('the app’s word makes the message delivered, and leaves the other devices’ attempts alone', async () => {
  const { deps } = stage.server
  const { brand, callId } = await invited(['phone', 'tablet'])
  await inviteBy(deps, brand, callId)
  const { messages } = await invitedRows(deps, brand, callId)
  await atomic(deps.db, (tx) =>
    advanceMessage(tx, brand.accountId, messages[0]!.message_id as string, { status: 'delivered' }),
  )
  const { attempts, call } = await invitedRows(deps, brand, callId)
  assert.ok(call.delivered_at instanceof Date)
  assert.deepEqual(attempts.map((attempt) => attempt.state).sort(), ['accepted', 'sent'])
})

test('a device that is gone is retired, and the next one is tried within the same request', async () => {
  const { deps } = stage.server
  const { brand, callId, consumerId } = await invited(['dead', 'alive'])
  pushedTo()
  stage.provider.next({ refuse: 'device-gone' })
  await inviteBy(deps, brand, callId)
  assert.deepEqual(pushedTo(), ['dead', 'alive'])
  const { invite, attempts } = await invitedRows(deps, brand, callId)
  assert.equal(invite!.state, 'sent')
  assert.deepEqual(attempts.map((attempt) => attempt.state).sort(), ['rejected', 'sent'])
  const devices = await deps.db`
    select disabled_at is null as live from devices where consumer_id = ${consumerId} order by registered_at desc`
  assert.deepEqual(
    devices.map((device) => device.live),
    [false, true],
  )
})

/** A consumer with these devices stops in the app, or the message's time ends, while the first one is pushed to; it refuses. */
async function endedMeanwhile(tokens: readonly string[], why: 'opted-out' | 'expired') {
  const { deps } = stage.server
  const { brand, callId, consumerId } = await invited(tokens)
  const { accountId } = brand
  const ends = () =>
    atomic(deps.db, async (tx) => {
      await lockConsumer(tx, accountId, consumerId)
      const word = {
        address: consumerId,
        channel: 'inapp',
        source: 'keyword',
        evidence: 'STOP',
        senderId: null,
      } as const
      if (why === 'opted-out') await recordOptOut(tx, accountId, { ...word, scope: 'all' })
      else await tx`update attempts set expires_at = now() where account_id = ${accountId} and call_id = ${callId}`
    })
  pushedTo()
  stage.provider.next({ wait: ends, end: { refuse: 'device-gone' } })
  const code = await inviteBy(deps, brand, callId).then(
    () => 'sent',
    (error) => (error as Problem).code,
  )
  return { ...(await invitedRows(deps, brand, callId)), brand, callId, code }
}

for (const [why, end] of [
  ['opted-out', 'skipped_at'],
  ['expired', 'failed_at'],
] as const)
  test(`${why} while the first device is pushed to, which refuses: the next is not, and the IVR hears that nothing went`, async () => {
    const { code, invite, call, messages, attempts, steps, brand, callId } = await endedMeanwhile(
      ['dead', 'alive', 'third'],
      why,
    )
    assert.deepEqual(pushedTo(), ['dead'])
    assert.equal(code, 'cannot-send')
    assert.deepEqual([invite!.state, messages[0]!.status, messages[0]!.failure_kind], [why, 'failed', why])
    assert.deepEqual(attempts.map((attempt) => attempt.state).sort(), ['rejected', why, why].sort())
    assert.ok(call[end] instanceof Date)
    assert.equal(steps.at(-1), `invite-${why}`)
    await deliverRest(brand, callId)
    assert.deepEqual(pushedTo(), [])
  })

test('a STOP after one device has the invite and before another refuses: it was sent, and nothing more goes', async () => {
  const { deps } = stage.server
  const { brand, callId, consumerId } = await invited(['phone', 'tablet', 'browser'])
  const { accountId } = brand
  pushedTo()
  await inviteBy(deps, brand, callId)
  await atomic(deps.db, async (tx) => {
    await lockConsumer(tx, accountId, consumerId)
    const word = { address: consumerId, channel: 'inapp', source: 'keyword', evidence: 'STOP', senderId: null } as const
    await recordOptOut(tx, accountId, { ...word, scope: 'all' })
  })
  await deliverRest(brand, callId)
  assert.deepEqual(pushedTo(), ['phone'])
  const { invite, attempts } = await invitedRows(deps, brand, callId)
  assert.equal(invite!.state, 'sent')
  assert.deepEqual(attempts.map((attempt) => attempt.state).sort(), ['opted-out', 'opted-out', 'sent'])
})

test('a registration that came while the push was under way is not retired', async () => {
  const { deps } = stage.server
  const { brand, callId, consumerId } = await invited(['old'])
  stage.provider.next({
    wait: () => deps.db`update devices set registered_at = clock_timestamp() where consumer_id = ${consumerId}`,
    end: { refuse: 'device-gone' },
  })
  await assert.rejects(inviteBy(deps, brand, callId), Problem)
  const [device] = await deps.db`select disabled_at from devices where consumer_id = ${consumerId}`
  assert.equal(device!.disabled_at, null)
})

test('every device refuses: the invite has failed, and only then', async () => {
  const { deps } = stage.server
  const { brand, callId } = await invited(['one', 'two'])
  stage.provider.next({ refuse: 'device-gone' }, { refuse: 'blocked' })
  await assert.rejects(inviteBy(deps, brand, callId), (error) => (error as Problem).code === 'cannot-send')
  const { invite, messages, steps } = await invitedRows(deps, brand, callId)
  assert.deepEqual([invite!.state, messages[0]!.status], ['failed', 'failed'])
  assert.deepEqual(
    steps.filter((step) => step !== 'invite-accepted' && step !== 'sending'),
    ['refused', 'refused', 'invite-failed'],
  )
})

test('one device of unknown outcome, the other refuses: it may have arrived, so the invite has not failed', async () => {
  const { deps } = stage.server
  const { brand, callId } = await invited(['silent', 'dead'])
  stage.provider.next('accept-and-cut')
  await inviteBy(deps, brand, callId)
  stage.provider.next({ refuse: 'device-gone' })
  await deliverRest(brand, callId)
  const { invite, messages, attempts } = await invitedRows(deps, brand, callId)
  assert.deepEqual([invite!.state, messages[0]!.status], ['unknown', 'unknown'])
  assert.deepEqual(attempts.map((attempt) => attempt.state).sort(), ['rejected', 'unknown'])
})
