import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, test } from 'node:test'
import { checkHandoff } from '../../src/domain/check-handoff.ts'
import { startWorker } from '../../src/jobs/index.ts'
import { callIvr } from '../ivr-client.ts'
import { type TestBrand, testBrand, testHandoff } from '../test-brand.ts'
import { type TestApp, testApp, testDevice, vouch } from '../test-device.ts'
import { testPhone } from '../test-phone.ts'
import { type TestServer, testServer } from '../test-server.ts'
import { ask, testUser } from '../test-user.ts'

/*
 * A brand with several apps, from the invite to the agent's answer: where it rings, what the chat shows, and what becomes of
 * a push that is tapped too late.
 */
let server: TestServer
let brand: TestBrand
let worker: { stop(): Promise<void> }

before(async () => {
  server = await testServer({ env: { SANDBOX: 'on' } })
  brand = await testBrand(server, { settings: { rateLimit: 10_000 } })
  worker = await startWorker(server.deps)
})
after(async () => {
  await worker.stop()
  await server.close()
})

const bounded = { timeout: 60_000 }
const someone = () => `consumer-${randomUUID().slice(0, 8)}`

async function invite(consumerId: string, handoffId: string): Promise<string> {
  const body = { consumerPhoneNumber: testPhone(), handoffId, skill: 'support', consumerId }
  const { callId } = (await callIvr(server, brand, 'eligibility', { body })).body as { callId: string }
  assert.equal((await callIvr(server, brand, 'invite', { body: { callId } })).status, 200)
  return callId
}

/** The apps in which a message to this consumer was to ring, by the handing over that was planned for each device. */
async function rungIn(consumerId: string, kind: string): Promise<readonly string[]> {
  const rows = await server.deps.db`
    select s.address from attempts a join messages m using (account_id, message_id)
    join senders s on s.account_id = a.account_id and s.sender_id = a.sender_id
    where a.account_id = ${brand.accountId} and m.address = ${consumerId} and m.kind = ${kind} and a.device_id is not null
    order by s.address`
  return rows.map(({ address }) => address)
}

/** What stands on the pretend phone of this consumer, once there are so many pushes with this text. */
async function pushes(consumerId: string, text: string, count: number): Promise<readonly string[]> {
  for (;;) {
    const answer = await fetch(`${server.url}/simulator/phones/${consumerId}/messages`)
    const shown = ((await answer.json()) as { channel: string; from: string; text: string }[]).filter(
      (one) => one.channel === 'inapp' && one.text === text,
    )
    if (shown.length >= count) return shown.map(({ from }) => from).sort()
  }
}

const byAddress = (...apps: readonly TestApp[]) => apps.map(({ address }) => address).sort()

test(
  'three apps of one handoff: all ring, any is answered in, and the agent’s file comes to all',
  bounded,
  async () => {
    const { accountId } = brand
    const [shop, bank, travel, other] = [
      await testApp(server, brand),
      await testApp(server, brand),
      await testApp(server, brand),
      await testApp(server, brand),
    ] as const
    const senderIds = [shop, bank, travel].map(({ senderId }) => senderId)
    const words = { title: 'Your call', text: 'Go on in any of our apps.' }
    const handoffId = await testHandoff(server, accountId, [{ channel: 'inapp', senderIds, ...words }])
    const consumerId = someone()
    const phone = await testDevice(server, brand, shop, consumerId)
    const tablet = await testDevice(server, brand, bank, consumerId)
    const watch = await testDevice(server, brand, travel, consumerId)
    await testDevice(server, brand, other, consumerId)
    assert.equal((await watch.ask('DELETE', 'registration?mode=agent-only')).status, 204)

    const callId = await invite(consumerId, handoffId)
    assert.deepEqual(await rungIn(consumerId, 'invite'), byAddress(shop, bank, travel))
    assert.deepEqual(await pushes(consumerId, words.text, 3), byAddress(shop, bank, travel))
    assert.equal(
      (await tablet.ask('POST', 'messages', { text: 'Where is your shop?', clientId: 'm' })).body.inConversation,
      true,
    )

    const [conversation] = await server.deps.db`select conversation_id from conversations where call_id = ${callId}`
    const at = `/api/workspace/conversations/${conversation!.conversation_id}`
    const agent = await testUser(server, accountId, 'agent', { skills: [brand.skills.support] })
    await agent.ask('POST', `${at}/take`)
    const media = { url: 'https://cdn.example.com/map.png', contentType: 'image/png', fileName: 'map.png' }
    const sent = await agent.ask('POST', `${at}/reply`, { text: '', media, clientId: randomUUID() })
    assert.equal(sent.status, 202, JSON.stringify(sent.body))
    const script = { ...media, contentType: 'image/svg+xml' }
    assert.equal((await agent.ask('POST', `${at}/reply`, { text: '', media: script, clientId: 'x' })).status, 400)

    assert.deepEqual(await pushes(consumerId, 'map.png', 2), byAddress(shop, bank), 'a file is told by its name')
    assert.deepEqual(await rungIn(consumerId, 'reply'), byAddress(shop, bank), 'not where agents may not ring any more')
    for (const device of [phone, tablet]) {
      const { body } = await device.ask('GET', 'messages')
      assert.deepEqual(
        body.messages.map((message: { text: string; media: unknown }) => [message.text, message.media]),
        [
          [words.text, []],
          ['Where is your shop?', []],
          ['', [media]],
        ],
      )
    }
  },
)

test('an app that a handoff names by its address rings on every push service it is on', async () => {
  const { accountId } = brand
  const shop = await testApp(server, brand)
  const web = await testApp(server, brand, { connector: 'inapp-webpush', address: shop.address })
  const config = (await server.deps.accounts.get(accountId))!
  const draft = (senders: readonly string[]) =>
    checkHandoff(
      'H000000000000009',
      {
        ...{ title: 'App', enabled: true, lookbackMinutes: 60, skills: null, routeAllWithinLookback: false },
        ...{ openConversation: 'refuse', inviteTtlSeconds: 600 },
        channels: [{ channel: 'inapp', senders, title: 'Your call', text: 'Go on here' }],
      },
      config,
    )
  const { faults, handoff } = draft([shop.address])
  assert.deepEqual(faults, [])
  assert.ok(handoff.channels[0]?.channel === 'inapp')
  assert.deepEqual([...handoff.channels[0].senderIds].sort(), [shop.senderId, web.senderId].sort())
  assert.deepEqual(draft([shop.senderId, web.senderId]).faults, [], 'as it is read back')
  assert.deepEqual(draft([shop.address, web.senderId]).faults, ['Each app can be named once.'])
})

test('a push tapped after the lookback: the chat shows the invite, and the answer is no deflected call’s', async () => {
  const late = await testBrand(server, { settings: { rateLimit: 10_000 } })
  const { db } = server.deps
  const { accountId } = late
  const app = await testApp(server, late)
  const tapped = async () => {
    const consumerId = someone()
    const device = await testDevice(server, late, app, consumerId)
    const body = { consumerPhoneNumber: testPhone(), handoffId: app.handoffId, skill: 'support', consumerId }
    const { callId } = (await callIvr(server, late, 'eligibility', { body })).body as { callId: string }
    assert.equal((await callIvr(server, late, 'invite', { body: { callId } })).status, 200)
    // The push was sent an hour and a minute ago; a receipt that still comes keeps the earliest time.
    await db`
      with message as (
        update messages set sent_at = now() - interval '61 minutes' where account_id = ${accountId} and call_id = ${callId})
      update invites set lookback_minutes = 60, sent_at = now() - interval '61 minutes',
        lookback_until = now() - interval '1 minute'
      where account_id = ${accountId} and call_id = ${callId}`
    const { body: chat } = await device.ask('GET', 'messages')
    const [shown] = chat.messages
    assert.equal(shown.kind, 'invite')
    const read = { messageIds: [shown.messageId], status: 'read' }
    assert.equal((await device.ask('POST', 'receipts', read)).status, 204)
    const answer = await device.ask('POST', 'messages', { text: 'I am here now', clientId: 'm' })
    assert.equal(answer.status, 201)
    const [call] = await db`
      select read_at, replied_at, conversation_id from calls where account_id = ${accountId} and call_id = ${callId}`
    assert.ok(call!.read_at instanceof Date)
    assert.deepEqual([call!.replied_at, call!.conversation_id], [null, null])
    const [conversation] = await db`
      select skill_id, call_id from conversations where account_id = ${accountId} and address = ${consumerId}`
    return { answer: answer.body, conversation }
  }
  const kept = await tapped()
  assert.deepEqual([kept.answer.inConversation, kept.conversation], [false, undefined])

  await db`update settings set default_skill_id = ${late.skills.billing} where account_id = ${accountId}`
  server.deps.accounts.drop(accountId)
  const ordinary = await tapped()
  assert.equal(ordinary.answer.inConversation, true)
  assert.deepEqual({ ...ordinary.conversation }, { skill_id: late.skills.billing, call_id: null })

  // No handoff stands behind it, and the agent's answer rings on both push services of the app all the same.
  const web = await testApp(server, late, { connector: 'inapp-webpush', address: app.address })
  const consumerId = someone()
  const phone = await testDevice(server, late, app, consumerId)
  const keys = { p256dh: Buffer.alloc(65, 4).toString('base64url'), auth: Buffer.alloc(16).toString('base64url') }
  const { body: vouched } = await vouch(server, late, { consumerId, app: app.address })
  const registered = await ask(
    `${server.url}/api/device/registrations`,
    'POST',
    { platform: 'webpush', subscription: { endpoint: 'https://push.example/1', keys } },
    { authorization: `Bearer ${vouched.token}` },
  )
  assert.equal(registered.status, 201)
  await phone.ask('POST', 'messages', { text: 'Hello', clientId: 'm' })
  const [open] = await db`select conversation_id from conversations where address = ${consumerId}`
  const agent = await testUser(server, accountId, 'agent', { skills: [late.skills.billing] })
  const at = `/api/workspace/conversations/${open!.conversation_id}`
  await agent.ask('POST', `${at}/take`)
  assert.equal((await agent.ask('POST', `${at}/reply`, { text: 'Hello', clientId: randomUUID() })).status, 202)
  const tried = await db`
    select a.sender_id from attempts a join messages m using (account_id, message_id)
    where m.address = ${consumerId} and m.kind = 'reply'`
  assert.deepEqual(tried.map(({ sender_id }) => sender_id).sort(), [app.senderId, web.senderId].sort())
})
