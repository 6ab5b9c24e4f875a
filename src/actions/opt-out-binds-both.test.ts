import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import test, { after, before } from 'node:test'
import { callIvr } from '../../test/ivr-client.ts'
import { inviteBy, invitedRows, type SendingStage, sendingStage } from '../../test/sending-stage.ts'
import type { TestBrand } from '../../test/test-brand.ts'
import { testCall } from '../../test/test-call.ts'
import { testPhone } from '../../test/test-phone.ts'
import { testUser } from '../../test/test-user.ts'
import type { AccountSettings } from '../domain/account.ts'
import type { Channel } from '../domain/channel.ts'
import { secretContext } from '../store/account-config.ts'
import { lockConsumer } from '../store/consumer-lock.ts'
import { atomic, type DbOrTx } from '../store/db.ts'
import { recordOptOut } from '../store/opt-outs.ts'
import { deliverMessage } from './deliver-message.ts'
import { fallBack } from './fall-back.ts'
import { receive } from './receive.ts'

/*
 * A call names its consumer twice: by number, and by the id that the brand's app knows. Eligibility obeys a STOP of either,
 * and so must everything that is sent because of that call (P4, CO-04).
 */
let stage: SendingStage
before(async () => {
  stage = await sendingStage()
})
after(() => stage.close())

const system = (brand: TestBrand) => ({ kind: 'system', accountId: brand.accountId }) as const
const sentTo = (phone: string) => stage.provider.accepted.filter((message) => message.to === phone)
const pushedTo = (device: string) => stage.provider.accepted.filter((message) => message.device === device)

/** A brand with a text number and an app, and a consumer who has a number and a device. */
async function scene(settings: Partial<AccountSettings> = {}) {
  const { db, cipher } = stage.server.deps
  const brand = await stage.brand({ settings })
  const { handoffId, senderIds } = await stage.twoApps(brand)
  const [consumerId, deviceId, phone] = [randomUUID(), randomUUID(), testPhone()]
  await db`
    insert into devices (account_id, device_id, sender_id, consumer_id, platform, token, registered_at)
    values (${brand.accountId}, ${deviceId}, ${senderIds[0]}, ${consumerId}, 'simulator',
      ${cipher.encrypt(deviceId, secretContext.device(brand.accountId, deviceId))}, now())`
  const call = (channels: readonly Channel[] = ['inapp'], handoff = handoffId) =>
    testCall(stage.server, { ...brand, handoffId: handoff }, { phone, consumerId, channels })
  return { brand, handoffId, appId: senderIds[0], consumerId, deviceId, phone, call }
}
type Scene = Awaited<ReturnType<typeof scene>>

/** The consumer writes: by text from their number, or in the app. */
async function says({ brand, phone, consumerId, appId }: Scene, by: 'text' | 'app', text: string): Promise<void> {
  const { deps } = stage.server
  const senderId = by === 'text' ? brand.smsSender.senderId : appId
  const sender = (await deps.accounts.get(brand.accountId))!.senders.get(senderId)!
  const message = { kind: 'message', providerId: randomUUID(), from: by === 'text' ? phone : consumerId, text } as const
  const heard = [{ ...message, media: [], at: null, keyword: null, providerAnswersKeywords: false }]
  await receive(deps, system(brand), { sender, heard, receivedAt: new Date(), exchange: null })
}

/** Runs the jobs of all that waits for these addresses. */
async function deliverAll({ brand, phone, consumerId }: Scene): Promise<void> {
  const { deps } = stage.server
  const waiting = await deps.db`
    update attempts set next_try_at = now() where account_id = ${brand.accountId} and state = 'accepted'
      and address in (${phone}, ${consumerId}) returning attempt_id`
  for (const { attempt_id: attemptId } of waiting) await deliverMessage(deps, system(brand), { attemptId })
}

async function codeOf(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => 'sent',
    (error) => error.code,
  )
}

test('STOP by text after eligibility: the invite in the app is refused, as the next eligibility is', async () => {
  const stopped = await scene()
  const { brand, phone, consumerId, handoffId, deviceId } = stopped
  const body = { consumerPhoneNumber: phone, skill: 'support', handoffId, consumerId }
  const offered = await callIvr(stage.server, brand, 'eligibility', { body })
  assert.deepEqual(offered.body.availableChannels, ['inapp'])
  await says(stopped, 'text', 'STOP')
  assert.deepEqual((await callIvr(stage.server, brand, 'eligibility', { body })).body.availableChannels, [])
  const answer = await callIvr(stage.server, brand, 'invite', { body: { callId: String(offered.body.callId) } })
  assert.deepEqual([answer.status, answer.body.errorCode], [400, 1400])
  assert.equal(pushedTo(deviceId).length, 0)
  const { steps, call } = await invitedRows(stage.server.deps, brand, String(offered.body.callId))
  assert.equal(steps.at(-1), 'invite-refused')
  assert.ok(call.skipped_at instanceof Date)
})

test('STOP in the app after eligibility: the invite by text is refused', async () => {
  const stopped = await scene()
  const { callId } = await stopped.call(['sms'], stopped.brand.handoffId)
  await says(stopped, 'app', 'STOP')
  assert.equal(await codeOf(inviteBy(stage.server.deps, stopped.brand, callId)), 'cannot-send')
  assert.equal(sentTo(stopped.phone).length, 0)
})

test('where a STOP binds the channel it was said on, the other carries the invite', async () => {
  const stopped = await scene({ optOutScope: 'channel' })
  const { callId } = await stopped.call()
  await says(stopped, 'text', 'STOP')
  assert.equal(await codeOf(inviteBy(stage.server.deps, stopped.brand, callId)), 'sent')
  assert.equal(pushedTo(stopped.deviceId).length, 1)
})

test('an invite in the app that waits for its next try does not go after a STOP by text', async () => {
  const { deps } = stage.server
  const stopped = await scene()
  const { callId } = await stopped.call()
  stage.provider.next({ throttle: 1 })
  await inviteBy(deps, stopped.brand, callId)
  await says(stopped, 'text', 'STOP')
  await deliverAll(stopped)
  assert.equal(pushedTo(stopped.deviceId).length, 0)
  const { attempts, invite } = await invitedRows(deps, stopped.brand, callId)
  assert.deepEqual([attempts[0]!.state, invite!.state], ['opted-out', 'opted-out'])
})

/** WhatsApp is refused, at once or later, while a STOP comes in the app: what is left is the text. */
for (const way of ['refused at once', 'undeliverable'] as const)
  test(`STOP in the app while WhatsApp is tried: the next channel does not go (${way})`, async () => {
    const { deps } = stage.server
    const stopped = await scene()
    const { brand, phone } = stopped
    const { callId } = await stopped.call(['wa', 'sms'], await stage.twoChannels(brand))
    if (way === 'refused at once') {
      const wait = () => says(stopped, 'app', 'STOP')
      stage.provider.next({ wait, end: { refuse: 'not-reachable-here' } })
      assert.equal(await codeOf(inviteBy(deps, brand, callId)), 'cannot-send')
    } else {
      await inviteBy(deps, brand, callId)
      stage.provider.accepted.splice(0)
      const { messages } = await invitedRows(deps, brand, callId)
      const sender = (await deps.accounts.get(brand.accountId))!.senders.get(messages[0]!.sender_id)!
      const failure = { kind: 'not-reachable-here', providerCode: null } as const
      const status = { kind: 'status', providerId: messages[0]!.provider_id, status: 'failed', failure } as const
      const heard = [{ ...status, attemptToken: null, at: null }]
      await receive(deps, system(brand), { sender, heard, receivedAt: new Date(), exchange: null })
      await says(stopped, 'app', 'STOP')
      await fallBack(deps, system(brand), { callId, messageId: messages[0]!.message_id })
      await deliverAll(stopped)
    }
    assert.equal(sentTo(phone).length, 0)
    assert.deepEqual(
      (await invitedRows(deps, brand, callId)).messages.map(({ channel }) => channel),
      ['wa'],
    )
  })

/** A conversation in the app that came of a call, owned by an agent; all that was said in it has gone out. */
async function conversationInApp(settings: Partial<AccountSettings> = {}) {
  const { deps } = stage.server
  const talking = await scene(settings)
  const { brand, consumerId } = talking
  await inviteBy(deps, brand, (await talking.call()).callId)
  await says(talking, 'app', 'Hello')
  const [row] = await deps.db`
    select conversation_id from conversations where account_id = ${brand.accountId} and address = ${consumerId}`
  const path = `/api/workspace/conversations/${row!.conversation_id}`
  const agent = await testUser(stage.server, brand.accountId, 'agent', { skills: [brand.skills.support] })
  assert.ok((await agent.ask('POST', `${path}/take`)).status < 300)
  const writes = (text: string) => agent.ask('POST', `${path}/reply`, { text, clientId: randomUUID() })
  stage.provider.accepted.splice(0)
  return { ...talking, agent, path, writes, conversationId: row!.conversation_id as string }
}

test('after a STOP by text the agent’s page says so, nothing more can be written in the app, and what waited is not sent', async () => {
  const talking = await conversationInApp()
  const { agent, path, writes } = talking
  assert.ok((await writes('How can I help?')).status < 300)
  await says(talking, 'text', 'STOP')
  assert.equal((await agent.ask('GET', path)).body.conversation.consumer.optedOut, true)
  assert.deepEqual((await writes('Still there?')).body.code, 'consumer-opted-out')
  await deliverAll(talking)
  assert.equal(pushedTo(talking.deviceId).length, 0)
  await says(talking, 'text', 'START')
  assert.equal((await agent.ask('GET', path)).body.conversation.consumer.optedOut, false)
  assert.ok((await writes('Welcome back')).status < 300)
  await deliverAll(talking)
  assert.deepEqual(
    pushedTo(talking.deviceId).map(({ text }) => text),
    ['Welcome back'],
  )
})

test('a chat in the app that began without a call obeys the number of the call whose invite is answered in it', async () => {
  const { deps } = stage.server
  const { db } = deps
  const talking = await scene()
  const { brand, consumerId } = talking
  const { accountId, skills } = brand
  await db`update settings set default_skill_id = ${skills.support} where account_id = ${accountId}`
  await db`update handoffs set open_conversation = 'continue' where account_id = ${accountId}`
  deps.accounts.drop(accountId)
  await says(talking, 'app', 'Hello, by myself')
  const [row] = await db`
    select conversation_id, consumer_phone from conversations where account_id = ${accountId} and address = ${consumerId}`
  assert.equal(row!.consumer_phone, null)
  await inviteBy(deps, brand, (await talking.call()).callId)
  await says(talking, 'app', 'Yes, let us go on here')
  const path = `/api/workspace/conversations/${row!.conversation_id}`
  const agent = await testUser(stage.server, accountId, 'agent', { skills: [skills.support] })
  await agent.ask('POST', `${path}/take`)
  assert.ok((await agent.ask('POST', `${path}/reply`, { text: 'Gladly', clientId: '1' })).status < 300)
  await says(talking, 'text', 'STOP')
  const refused = await agent.ask('POST', `${path}/reply`, { text: 'Still there?', clientId: '2' })
  assert.equal(refused.body.code, 'consumer-opted-out')
  stage.provider.accepted.splice(0)
  await deliverAll(talking)
  assert.equal(pushedTo(talking.deviceId).length, 0)
})

test('in the app after a STOP by text: HELP is answered, what our robot says by itself is not said', async () => {
  const { db } = stage.server.deps
  const talking = await scene()
  const { brand, consumerId } = talking
  const texts = db.json({ firstAnswer: 'We have your message.', outOfHours: null, waiting: null, survey: null })
  await db`update settings set texts = ${texts} where account_id = ${brand.accountId}`
  await inviteBy(stage.server.deps, brand, (await talking.call()).callId)
  await says(talking, 'text', 'STOP')
  await says(talking, 'app', 'Hello')
  await says(talking, 'app', 'HELP')
  await deliverAll(talking)
  const said = await db`
    select body, status from messages where account_id = ${brand.accountId} and address = ${consumerId} and kind = 'auto'`
  assert.equal(said.length, 1)
  assert.match(said[0]!.body, /STOP to stop messages/)
  assert.equal(said[0]!.status, 'sending')
})

test('an automatic answer in the app that waited when the STOP came by text is not sent', async () => {
  const talking = await conversationInApp()
  await says(talking, 'app', 'HELP')
  await says(talking, 'text', 'STOP')
  await deliverAll(talking)
  assert.equal(pushedTo(talking.deviceId).length, 0)
})

/** The work, begun while another tx holds the consumer's number and records the STOP: it must wait for that tx. */
async function whileStopping({ brand, phone }: Scene, work: () => Promise<unknown>): Promise<void> {
  const { db } = stage.server.deps
  let begun: Promise<unknown> = Promise.resolve()
  await atomic(db, async (tx) => {
    await lockConsumer(tx, brand.accountId, phone)
    begun = work()
    begun.catch(() => {})
    await waits(tx)
    const word = { address: phone, channel: 'sms', source: 'keyword', evidence: 'STOP', senderId: null } as const
    await recordOptOut(tx, brand.accountId, { ...word, scope: 'all' })
  })
  await begun.catch(() => {})
}

async function waits(tx: DbOrTx): Promise<void> {
  for (let looks = 0; ; looks += 1) {
    const [row] = await tx`
      select count(*)::int as waiting from pg_locks where locktype = 'advisory' and not granted
        and database = (select oid from pg_database where datname = current_database())`
    if (row!.waiting > 0) return
    if (looks > 500) throw new Error('nobody waits for the consumer’s number')
    await tx`select pg_sleep(0.01)`
  }
}

test('what goes to the app waits for a STOP of the number that is just being recorded, and obeys it', async () => {
  const { deps } = stage.server
  const invited = await scene()
  const { callId } = await invited.call()
  await whileStopping(invited, () => inviteBy(deps, invited.brand, callId))
  assert.equal(pushedTo(invited.deviceId).length, 0)

  const talking = await conversationInApp()
  await whileStopping(talking, () => talking.writes('Are you there?'))
  await deliverAll(talking)
  const waiting = await conversationInApp()
  await waiting.writes('One moment.')
  await whileStopping(waiting, () => deliverAll(waiting))
  assert.equal(pushedTo(talking.deviceId).length + pushedTo(waiting.deviceId).length, 0)
})
