import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import test, { after, before } from 'node:test'
import { inviteBy, invitedRows, type SendingStage, sendingStage } from '../../test/sending-stage.ts'
import { testCall } from '../../test/test-call.ts'
import type { HeardMessage } from '../channels/connector.ts'
import { atomic } from '../store/db.ts'
import { createOutgoing } from '../store/outgoing.ts'
import { deliverMessage } from './deliver-message.ts'
import { receive } from './receive.ts'

/* WhatsApp knows a consumer by another number than the one we sent to, or by an id of its own: it is one person. */
let stage: SendingStage
before(async () => {
  stage = await sendingStage()
})
after(() => stage.close())

const digits = () => String(Math.floor(Math.random() * 9e7) + 1e7)

async function invited() {
  const { deps } = stage.server
  const brand = await stage.brand()
  const handoffId = await stage.twoChannels(brand)
  const number = digits()
  const [phone, waNumber, userId] = [`+55119${number}`, `+5511${number}`, `BR.${number}`]
  const { callId } = await testCall(stage.server, { ...brand, handoffId }, { phone, channels: ['wa', 'sms'] })
  const [sender] = await deps.db`select sender_id from senders where account_id = ${brand.accountId} and channel = 'wa'`
  const senderId = sender!.sender_id as string
  const { accountId } = brand
  const say = async (from: string, text: string, alsoKnownAs: readonly string[] = []) => {
    const heard: HeardMessage = {
      ...{ kind: 'message', providerId: randomUUID(), from, text, alsoKnownAs, media: [], at: null },
      ...{ keyword: null, providerAnswersKeywords: true },
    }
    const from_ = (await deps.accounts.get(accountId))!.senders.get(senderId)!
    const input = { sender: from_, heard: [heard], receivedAt: new Date(), exchange: null }
    return receive(deps, { kind: 'system', accountId }, input)
  }
  const conversations = () => deps.db`
    select address, consumer_phone, call_id, state from conversations where account_id = ${accountId}`
  return { brand, callId, senderId, phone, waNumber, userId, say, conversations }
}

test('the provider’s own form of the number finds invite and conversation', async () => {
  const { deps } = stage.server
  const scene = await invited()
  stage.provider.next({ knownAs: scene.waNumber })
  await inviteBy(deps, scene.brand, scene.callId)
  assert.deepEqual(await scene.say(scene.waNumber, 'Hello'), { message: 1 })
  const [conversation, ...more] = await scene.conversations()
  assert.deepEqual(
    [conversation!.address, conversation!.consumer_phone, conversation!.call_id, more.length],
    [scene.phone, scene.phone, scene.callId, 0],
  )
  await scene.say(scene.phone, 'The same person')
  assert.equal((await scene.conversations()).length, 1)
})

test('a user id seen beside the number is that person from then on', async () => {
  const scene = await invited()
  await inviteBy(stage.server.deps, scene.brand, scene.callId)
  await scene.say(scene.phone, 'Hello', [scene.userId])
  await scene.say(scene.userId, 'Now without my number')
  const all = await scene.conversations()
  assert.deepEqual([all.length, all[0]!.address], [1, scene.phone])
})

test('STOP under one address binds the person, also when it was said before both were known to be one', async () => {
  const { deps } = stage.server
  const scene = await invited()
  await scene.say(scene.waNumber, 'STOP')
  stage.provider.next({ knownAs: scene.waNumber })
  await inviteBy(deps, scene.brand, scene.callId)
  const again = await testCall(stage.server, { ...scene.brand }, { phone: scene.phone, channels: ['sms'] })
  await assert.rejects(inviteBy(deps, scene.brand, again.callId), /cannot be sent/)
  const { invite } = await invitedRows(deps, scene.brand, again.callId)
  assert.equal(invite!.state, 'opted-out')

  await scene.say(scene.userId, 'START', [scene.phone])
  const stops = await deps.db`
    select 1 from opt_outs where account_id = ${scene.brand.accountId} and address = ${scene.phone} and lifted_at is null`
  assert.equal(stops.length, 0)
})

test('WhatsApp users get one message after the other, in order; others are not held up', async () => {
  const { deps } = stage.server
  const { brand, senderId, phone } = await invited()
  const system = { kind: 'system', accountId: brand.accountId } as const
  const write = (address: string, body: string) =>
    atomic(deps.db, (tx) =>
      createOutgoing(tx, brand.accountId, {
        ...{
          conversationId: null,
          callId: null,
          senderId,
          channel: 'wa',
          address,
          kind: 'reply',
          body,
          expiresAt: null,
        },
      }),
    )
  const stateOf = async (attemptId: string) => {
    const [row] = await deps.db`
      select state, tries, next_try_at > clock_timestamp() as waits from attempts where attempt_id = ${attemptId}`
    return [row!.state, row!.tries, row!.waits]
  }
  const first = await write(phone, 'one')
  const second = await write(phone, 'two')
  const other = await write('+12065550173', 'somebody else')
  stage.provider.next({
    wait: () => deliverMessage(deps, system, { attemptId: second.attemptId }),
    end: { throttle: 6 },
  })
  await deliverMessage(deps, system, { attemptId: first.attemptId })
  assert.deepEqual(await stateOf(second.attemptId), ['accepted', 0, true], 'not beside one that is being sent')

  await deps.db`update attempts set next_try_at = now() where attempt_id = ${second.attemptId}`
  await deliverMessage(deps, system, { attemptId: second.attemptId })
  assert.deepEqual(await stateOf(second.attemptId), ['accepted', 0, true], 'not before one that was told to wait')
  await deliverMessage(deps, system, { attemptId: other.attemptId })
  assert.deepEqual(await stateOf(other.attemptId), ['sent', 1, false])

  await deps.db`
    update attempts set next_try_at = now() where attempt_id in (${first.attemptId}, ${second.attemptId})`
  await deliverMessage(deps, system, { attemptId: second.attemptId })
  assert.deepEqual(await stateOf(second.attemptId), ['accepted', 0, true], 'nor before one whose wait is just over')

  for (const { attemptId } of [first, second]) {
    await deps.db`update attempts set next_try_at = now() where attempt_id = ${attemptId}`
    await deliverMessage(deps, system, { attemptId })
    assert.equal((await stateOf(attemptId))[0], 'sent')
  }
})
