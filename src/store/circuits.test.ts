import assert from 'node:assert/strict'
import test, { after, before } from 'node:test'
import { inviteBy, invitedRows, type SendingStage, sendingStage } from '../../test/sending-stage.ts'
import { ivrOf, testCall } from '../../test/test-call.ts'
import { checkEligibility } from '../actions/check-eligibility.ts'
import { deliverMessage } from '../actions/deliver-message.ts'
import { SendFailure } from '../channels/failures.ts'
import type { HandOver } from '../channels/hand-over.ts'
import { openedByFailures } from '../domain/circuit.ts'
import { circuits, listTrouble } from './circuits.ts'
import { atomic } from './db.ts'
import { createOutgoing } from './outgoing.ts'

let stage: SendingStage
before(async () => {
  stage = await sendingStage()
})
after(() => stage.close())

const exchange = {
  ...{ method: 'POST', url: 'https://provider.example', requestBody: null, answerBody: null, status: null },
  ...{ failure: null, startedAt: new Date(), durationMs: 1 },
}
const fails: HandOver = { kind: 'unsent', exchanges: [exchange], failure: new SendFailure('unreachable') }
const works: HandOver = { kind: 'sent', exchanges: [exchange], sent: { providerId: 'x', status: 'sent' } }

async function whatsappDown() {
  const { deps } = stage.server
  const brand = await stage.brand()
  const handoffId = await stage.twoChannels(brand)
  const [sender] = await deps.db`
    select sender_id from senders where account_id = ${brand.accountId} and channel = 'wa'`
  const senderId = sender!.sender_id as string
  for (let n = 1; n <= openedByFailures; n++) {
    const { opened } = await deps.circuits.note(brand.accountId, senderId, fails)
    assert.equal(opened, n === openedByFailures)
  }
  deps.accounts.drop(brand.accountId)
  return { brand, handoffId, senderId }
}
const lapse = (senderId: string) => stage.server.deps.db`
  update sender_circuits set open_until = clock_timestamp() - interval '1 second' where sender_id = ${senderId}`

test('eligibility leaves the channel out with the reason, and recommends the next', async () => {
  const { deps } = stage.server
  const { brand, handoffId } = await whatsappDown()
  const answer = await checkEligibility(deps, ivrOf(brand), {
    ...{ consumerPhoneNumber: '+12065550171', skill: 'support', handoffId, explain: true },
  })
  assert.deepEqual([answer.availableChannels, answer.recommendedChannelName], [['sms'], 'sms'])
  assert.deepEqual(
    answer.reasons!.map(({ channel, code }) => [channel, code]),
    [['wa', 'provider_down']],
  )
})

test('health and metrics count the senders that are left out', async () => {
  const { url } = stage.server
  const counted = async () => {
    const ready = (await (await fetch(`${url}/health/ready`)).json()) as { status: string; sendersLeftOut: number }
    const metrics = await (await fetch(`${url}/metrics`)).text()
    assert.equal(ready.status, 'ready')
    return [ready.sendersLeftOut, Number(/^c2m_senders_left_out (\d+)$/m.exec(metrics)?.[1])]
  }
  const [before] = await counted()
  await whatsappDown()
  assert.deepEqual(await counted(), [before! + 1, before! + 1])
})

test('an invite goes past a provider that is down, without asking it', async () => {
  const { deps } = stage.server
  const { brand, handoffId } = await whatsappDown()
  const { callId } = await testCall(stage.server, { ...brand, handoffId }, { channels: ['wa', 'sms'] })
  const requests = stage.provider.requests.length
  await inviteBy(deps, brand, callId)
  const { invite, steps } = await invitedRows(deps, brand, callId)
  assert.deepEqual([invite!.channel, stage.provider.requests.length - requests], ['sms', 1])
  assert.deepEqual(steps, ['invite-accepted', 'channel-skipped', 'sending', 'sent'])
})

test('when its time is over one attempt tries; the others still go elsewhere; a yes closes it', async () => {
  const { deps } = stage.server
  const { brand, handoffId, senderId } = await whatsappDown()
  await lapse(senderId)
  let release = () => {}
  const held = new Promise<void>((resolve) => {
    release = resolve
  })
  stage.provider.next({ wait: () => held, end: 'accept' })
  const calls = await Promise.all(
    [1, 2].map(() => testCall(stage.server, { ...brand, handoffId }, { channels: ['wa', 'sms'] })),
  )
  const probe = inviteBy(deps, brand, calls[0]!.callId)
  while ((await invitedRows(deps, brand, calls[0]!.callId)).attempts.length === 0) {
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
  await inviteBy(deps, brand, calls[1]!.callId)
  release()
  await probe
  const channels = await Promise.all(
    calls.map(async ({ callId }) => (await invitedRows(deps, brand, callId)).invite!.channel),
  )
  assert.deepEqual(channels, ['wa', 'sms'])
  assert.equal((await listTrouble(deps.db, brand.accountId)).size, 0)
  assert.equal(deps.circuits.state(brand.accountId, senderId), 'closed')
})

test('a message that has nowhere else to go waits until the provider may be tried', async () => {
  const { deps } = stage.server
  const { brand, senderId } = await whatsappDown()
  const { attemptId } = await atomic(deps.db, (tx) =>
    createOutgoing(tx, brand.accountId, {
      ...{ conversationId: null, callId: null, senderId, channel: 'wa', address: '+12065550172' },
      ...{ kind: 'reply', body: 'Hello', expiresAt: null },
    }),
  )
  await deliverMessage(deps, { kind: 'system', accountId: brand.accountId }, { attemptId })
  const [waiting] = await deps.db`
    select state, tries, next_try_at > now() + interval '20 seconds' as later from attempts where attempt_id = ${attemptId}`
  assert.deepEqual({ ...waiting }, { state: 'accepted', tries: 0, later: true })
  await lapse(senderId)
  await deps.db`update attempts set next_try_at = now() where attempt_id = ${attemptId}`
  await deliverMessage(deps, { kind: 'system', accountId: brand.accountId }, { attemptId })
  const [sent] = await deps.db`select state from attempts where attempt_id = ${attemptId}`
  assert.equal(sent!.state, 'sent')
})

test('another process hears of it', async () => {
  const { deps } = stage.server
  const { brand, senderId } = await whatsappDown()
  const other = circuits(deps.db, deps.clock)
  other.state(brand.accountId, senderId)
  while (other.countOpen() === 0) await new Promise((resolve) => setTimeout(resolve, 5))
  assert.equal(other.state(brand.accountId, senderId), 'open')
  const [trouble] = (await listTrouble(deps.db, brand.accountId)).values()
  assert.deepEqual([trouble!.state, trouble!.failures, trouble!.lastKind], ['open', 5, 'unreachable'])
})

test('one good answer among the failures, and nothing opens; a provider never asked tells nothing', async () => {
  const { deps } = stage.server
  const brand = await stage.brand()
  const { senderId } = brand.smsSender
  const note = (outcome: HandOver) => deps.circuits.note(brand.accountId, senderId, outcome)
  const refused: HandOver = {
    ...{ kind: 'refused', exchanges: [], unauthorized: false },
    failure: new SendFailure('misconfigured'),
  }
  for (const outcome of [fails, fails, fails, fails, works, fails, fails, fails, fails, refused, refused])
    await note(outcome)
  assert.equal(deps.circuits.state(brand.accountId, senderId), 'closed')
  assert.equal((await note(fails)).opened, true)
})
