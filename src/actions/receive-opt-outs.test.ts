import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { type SimulatedProvider, simulatedProvider, simulatedSms } from '../../test/simulated-provider.ts'
import { type TestBrand, testBrand } from '../../test/test-brand.ts'
import { testInvite } from '../../test/test-invite.ts'
import { testPhone } from '../../test/test-phone.ts'
import { type TestServer, testServer } from '../../test/test-server.ts'
import type { HeardMessage } from '../channels/connector.ts'
import { atomic } from '../store/db.ts'
import { isOptedOut, liftOptOut, optOutForbids, recordOptOut } from '../store/opt-outs.ts'
import { createOutgoing } from '../store/outgoing.ts'
import { receive } from './receive.ts'

let server: TestServer
let brand: TestBrand
let provider: SimulatedProvider

before(async () => {
  server = await testServer()
  brand = await testBrand(server, simulatedSms)
  provider = simulatedProvider(server, brand)
})
after(() => server.close())

const automaticAnswers = (phone: string) =>
  server.deps.db<{ message_id: string; body: string; conversation_id: string | null }[]>`
    select message_id, body, conversation_id from messages
    where address = ${phone} and direction = 'out' and kind = 'auto' order by message_number`
const historyOf = (phone: string) =>
  server.deps.db<{ resumed: boolean; evidence: string; source: string; channel: string; sender_id: string }[]>`
    select resumed, evidence, source, channel, sender_id from opt_out_history where address = ${phone} order by at`
const optedOut = (phone: string) => isOptedOut(server.deps.db, brand.accountId, phone, 'sms')
const forbids = (messageId: string) => optOutForbids(server.deps.db, brand.accountId, messageId)

async function hear(message: Partial<HeardMessage> & { from: string; text: string }) {
  const sender = (await server.deps.accounts.get(brand.accountId))!.senders.get(brand.smsSender.senderId)!
  const whole: HeardMessage = {
    ...{ kind: 'message', providerId: crypto.randomUUID(), media: [], at: null, keyword: null },
    ...{ providerAnswersKeywords: false, ...message },
  }
  const input = { sender, heard: [whole], receivedAt: new Date(), exchange: null }
  return receive(server.deps, { kind: 'system', accountId: brand.accountId }, input)
}

test('STOP to an invite: recorded with evidence, confirmed once, no conversation, the call is told (CO-01)', async () => {
  const phone = testPhone()
  const { callId } = await testInvite(server, brand, phone)
  await provider.text(phone, 'Stop.')
  await provider.text(phone, 'STOP STOP')
  await provider.text(phone, 'STOPALL')
  assert.equal(await optedOut(phone), true)
  const said = { resumed: false, source: 'keyword', channel: 'sms', sender_id: brand.smsSender.senderId }
  assert.deepEqual(
    [...(await historyOf(phone))],
    [
      { ...said, evidence: 'Stop.' },
      { ...said, evidence: 'STOP STOP' },
      { ...said, evidence: 'STOPALL' },
    ],
  )
  const answers = await automaticAnswers(phone)
  assert.deepEqual(
    answers.map(({ body }) => body),
    ['Test brand: You will get no more messages from us. Reply START to get them again.'],
  )
  const [attempt] = await server.deps.db`select state from attempts where message_id = ${answers[0]!.message_id}`
  assert.equal(attempt!.state, 'accepted')
  const [call] = await server.deps.db`
    select opted_out_at, array(select step from transaction_steps s where s.call_id = c.call_id order by step_number) as steps
    from calls c where call_id = ${callId}`
  assert.ok(call!.opted_out_at instanceof Date)
  assert.ok(call!.steps.includes('opted-out'))
})

test('the same STOP told twice leaves one line of history and one confirmation', async () => {
  const phone = testPhone()
  await Promise.all([1, 2, 3].map(() => provider.text(phone, 'STOP', `twice-${phone}`)))
  assert.equal((await historyOf(phone)).length, 1)
  assert.equal((await automaticAnswers(phone)).length, 1)
})

test('STOP shows in an open conversation, which stays open', async () => {
  const phone = testPhone()
  await testInvite(server, brand, phone)
  await provider.text(phone, 'Hello')
  await provider.text(phone, 'STOP')
  const [conversation] = await server.deps.db`select conversation_id, state from conversations where address = ${phone}`
  assert.equal(conversation!.state, 'queued')
  const [stop] = await server.deps.db`
    select conversation_id from messages where address = ${phone} and direction = 'in' and body = 'STOP'`
  assert.equal(stop!.conversation_id, conversation!.conversation_id)
  assert.equal((await automaticAnswers(phone))[0]!.conversation_id, conversation!.conversation_id)
})

test('a word in a sentence is no STOP', async () => {
  const phone = testPhone()
  await testInvite(server, brand, phone)
  await provider.text(phone, 'cancel my order please')
  assert.equal(await optedOut(phone), false)
  const conversations = await server.deps.db`select 1 from conversations where address = ${phone}`
  assert.equal(conversations.length, 1)
})

test('START undoes it; YES only when it was asked for; HELP is always answered (CO-03)', async () => {
  const phone = testPhone()
  await provider.text(phone, 'STOP')
  await provider.text(phone, 'HELP')
  assert.equal(await optedOut(phone), true)
  await provider.text(phone, 'START')
  assert.equal(await optedOut(phone), false)
  assert.deepEqual(
    (await automaticAnswers(phone)).map(({ body }) => /no more|again\.|calls/.exec(body)?.[0]),
    ['no more', 'calls', 'again.'],
  )
  const yes = testPhone()
  await provider.text(yes, 'STOP')
  await provider.text(yes, 'Yes')
  assert.equal(await optedOut(yes), false, 'our confirmation came just before')

  const unasked = testPhone()
  await server.deps.db.begin((tx) =>
    recordOptOut(tx, brand.accountId, {
      ...{ address: unasked, channel: 'sms', scope: 'all', source: 'api', evidence: null, senderId: null },
    }),
  )
  await provider.text(unasked, 'YES')
  assert.equal(await optedOut(unasked), true)
})

/** An opt-out that the consumer told to a person, so that no provider knows of it. */
const toldToAgent = (address: string) =>
  atomic(server.deps.db, (tx) =>
    recordOptOut(tx, brand.accountId, {
      ...{ address, channel: 'sms', scope: 'all', source: 'agent', evidence: 'said on the phone', senderId: null },
    }),
  )

test('YES to a provider that answers keywords counts only where it knows of the opt-out (CO-03)', async () => {
  const says = (from: string, text: string) => hear({ from, text, providerAnswersKeywords: true })
  const told = testPhone()
  await testInvite(server, brand, told)
  await hear({ from: told, text: 'Hello, is my order on its way?' })
  await toldToAgent(told)
  await says(told, 'Yes')
  assert.equal(await optedOut(told), true, 'the provider has never heard of it, nor asked')
  await says(told, 'STOP')
  await says(told, 'Yes')
  assert.equal(await optedOut(told), false, 'now it has answered a STOP')

  // It knew of an earlier one, which was undone; of this one it does not.
  await toldToAgent(told)
  await says(told, 'Yes')
  assert.equal(await optedOut(told), true)

  const elsewhere = testPhone()
  await atomic(server.deps.db, (tx) =>
    recordOptOut(tx, brand.accountId, {
      ...{ address: elsewhere, channel: 'wa', scope: 'all', source: 'keyword', evidence: 'STOP', senderId: null },
    }),
  )
  await says(elsewhere, 'Yes')
  assert.equal(await optedOut(elsewhere), true, 'said to another of the brand’s senders')

  const refused = testPhone()
  const { senderId } = brand.smsSender
  await atomic(server.deps.db, (tx) =>
    recordOptOut(tx, brand.accountId, {
      ...{ address: refused, channel: 'sms', scope: 'all', source: 'provider-refusal', evidence: '21610', senderId },
    }),
  )
  await says(refused, 'Yes')
  assert.equal(await optedOut(refused), false, 'the provider itself had refused to send')
})

test('YES is no START where our robot’s last words said nothing of the opt-out', async () => {
  const { db } = server.deps
  const [helped, greeted] = [testPhone(), testPhone()]
  await provider.text(helped, 'HELP')
  await toldToAgent(helped)
  await provider.text(helped, 'Yes')
  assert.equal(await optedOut(helped), true, 'answered before the opt-out')

  const texts = db.json({ firstAnswer: 'We have your message.', outOfHours: null, waiting: null, survey: null })
  await db`update settings set texts = ${texts} where account_id = ${brand.accountId}`
  server.deps.accounts.drop(brand.accountId)
  await testInvite(server, brand, greeted)
  await provider.text(greeted, 'Hello')
  assert.equal((await automaticAnswers(greeted)).length, 1)
  await toldToAgent(greeted)
  await provider.text(greeted, 'Yes')
  await db`update settings set texts = '{}' where account_id = ${brand.accountId}`
  server.deps.accounts.drop(brand.accountId)
  assert.equal(await optedOut(greeted), true, 'a greeting asks nothing')
})

test('where the provider answers keywords, we stay silent; its own word for a keyword counts', async () => {
  const [bare, named, back] = [testPhone(), testPhone(), testPhone()]
  await hear({ from: bare, text: 'STOP', providerAnswersKeywords: true })
  await hear({ from: named, text: 'no more of this', keyword: 'stop', providerAnswersKeywords: true })
  for (const phone of [bare, named]) {
    assert.equal(await optedOut(phone), true)
    assert.equal((await automaticAnswers(phone)).length, 0)
  }
  assert.equal((await historyOf(named))[0]!.source, 'provider')
  await hear({ from: back, text: 'STOP', providerAnswersKeywords: true })
  await hear({ from: back, text: 'YES', providerAnswersKeywords: true })
  assert.equal(await optedOut(back), false)
})

test('an opt-out by the provider’s own means', async () => {
  const phone = testPhone()
  const sender = (await server.deps.accounts.get(brand.accountId))!.senders.get(brand.smsSender.senderId)!
  const caller = { kind: 'system', accountId: brand.accountId } as const
  const heard = { kind: 'opt-out', from: phone, resume: false, evidence: 'list', at: null } as const
  const input = { sender, receivedAt: new Date(), exchange: null }
  assert.deepEqual(await receive(server.deps, caller, { ...input, heard: [heard] }), { 'opt-out': 1 })
  assert.equal(await optedOut(phone), true)
  await receive(server.deps, caller, { ...input, heard: [{ ...heard, resume: true }] })
  assert.equal(await optedOut(phone), false)
  assert.deepEqual(
    (await historyOf(phone)).map(({ resumed, source }) => [resumed, source]),
    [
      [false, 'provider'],
      [true, 'provider'],
    ],
  )
})

test('what the provider says of opt-outs ends the same in any order, told any number of times (P5)', async () => {
  const sender = (await server.deps.accounts.get(brand.accountId))!.senders.get(brand.smsSender.senderId)!
  const caller = { kind: 'system', accountId: brand.accountId } as const
  const began = Date.now() - 60_000
  // The consumer stopped, resumed, and stopped again; who resumed last has not stopped.
  for (const words of [
    ['stop', 'start', 'stop'],
    ['start', 'stop', 'start'],
  ]) {
    const told = words.map((word, place) => ({ resume: word === 'start', at: new Date(began + place * 1_000) }))
    for (const order of [
      [0, 1, 2, 0, 1],
      [0, 2, 1, 2],
      [1, 0, 2, 1],
      [1, 2, 0, 2],
      [2, 0, 1, 0],
      [2, 1, 0, 1],
    ]) {
      const phone = testPhone()
      for (const place of order) {
        const heard = { kind: 'opt-out', from: phone, evidence: 'preference', ...told[place]! } as const
        await receive(server.deps, caller, { sender, heard: [heard], receivedAt: new Date(), exchange: null })
      }
      assert.equal(await optedOut(phone), words.at(-1) === 'stop', `${words} in the order ${order}`)
      const history = await historyOf(phone)
      assert.equal(
        new Set(order).size >= history.length,
        true,
        `${words} in the order ${order}: a line for each at most`,
      )
    }
  }
})

test('keywords with the provider’s times end the same in any order, told any number of times (P5)', async () => {
  const began = Date.now() - 600_000
  for (const words of [
    ['STOP', 'START'],
    ['START', 'STOP'],
    ['STOP', 'START', 'STOP'],
    ['START', 'STOP', 'START'],
  ]) {
    const places = words.map((_, place) => place)
    for (const order of orders(places)) {
      const phone = testPhone()
      const told = words.map((text, place) => ({
        ...{ from: phone, text, providerId: crypto.randomUUID(), at: new Date(began + place * 60_000) },
      }))
      for (const place of [...order, ...order]) await hear(told[place]!)
      assert.equal(await optedOut(phone), words.at(-1) === 'STOP', `${words} in the order ${order}`)
      // What we say of it, we say at most of the words that counted when they came.
      const said = (await automaticAnswers(phone)).map(({ body }) => body)
      assert.ok(said.length <= words.length, `${words} in the order ${order}: ${said}`)
    }
  }
})

/** Every order in which these can come. */
function orders<T>(all: readonly T[]): (readonly T[])[] {
  if (all.length < 2) return [all]
  return all.flatMap((first, place) =>
    orders(all.filter((_, other) => other !== place)).map((rest) => [first, ...rest]),
  )
}

test('a word that came too late is answered by nobody, opens nothing, and the agent still reads it', async () => {
  const phone = testPhone()
  const began = Date.now() - 600_000
  const at = (minutes: number) => new Date(began + minutes * 60_000)
  await testInvite(server, brand, phone)
  await hear({ from: phone, text: 'STOP', at: at(0) })
  await hear({ from: phone, text: 'STOP', at: at(2) })
  const before = (await automaticAnswers(phone)).length
  await hear({ from: phone, text: 'START', at: at(1) })
  assert.equal(await optedOut(phone), true)
  assert.equal((await automaticAnswers(phone)).length, before)
  const kept = await server.deps.db`select conversation_id from messages where address = ${phone} and body = 'START'`
  assert.deepEqual([...kept], [{ conversation_id: null }])
  assert.equal((await server.deps.db`select 1 from conversations where address = ${phone}`).length, 0)
})

test('a START that comes late does not undo a newer STOP on another channel that binds all', async () => {
  const { db } = server.deps
  for (const [scope, binds] of [
    ['all', true],
    ['channel', false],
  ] as const) {
    const own = await testBrand(server, { ...simulatedSms, settings: { optOutScope: scope } })
    const phone = testPhone()
    const sender = (await server.deps.accounts.get(own.accountId))!.senders.get(own.smsSender.senderId)!
    const word = { address: phone, source: 'keyword', evidence: 'STOP', senderId: null, scope } as const
    const saidAt = new Date(Date.now() - 120_000)
    await atomic(db, (tx) => recordOptOut(tx, own.accountId, { ...word, channel: 'sms', saidAt }))
    await atomic(db, (tx) => recordOptOut(tx, own.accountId, { ...word, channel: 'wa' }))
    const start = { kind: 'message', providerId: crypto.randomUUID(), from: phone, text: 'START', media: [] } as const
    const heard = [{ ...start, keyword: null, providerAnswersKeywords: false, at: new Date(Date.now() - 60_000) }]
    const caller = { kind: 'system', accountId: own.accountId } as const
    await receive(server.deps, caller, { sender, heard, receivedAt: new Date(), exchange: null })
    assert.equal(await isOptedOut(db, own.accountId, phone, 'sms'), binds, scope)
    assert.equal(await isOptedOut(db, own.accountId, phone, 'wa'), true, scope)
  }
})

test('an old "resume" of the provider’s does not undo a STOP that came since by text', async () => {
  const sender = (await server.deps.accounts.get(brand.accountId))!.senders.get(brand.smsSender.senderId)!
  const caller = { kind: 'system', accountId: brand.accountId } as const
  const phone = testPhone()
  const resume = { kind: 'opt-out', from: phone, resume: true, evidence: 'preference' } as const
  const before = new Date(Date.now() - 60_000)
  await provider.text(phone, 'STOP')
  await receive(server.deps, caller, {
    ...{ sender, heard: [{ ...resume, at: before }], receivedAt: new Date(), exchange: null },
  })
  assert.equal(await optedOut(phone), true)
  await receive(server.deps, caller, {
    ...{ sender, heard: [{ ...resume, at: new Date(Date.now() + 60_000) }], receivedAt: new Date(), exchange: null },
  })
  assert.equal(await optedOut(phone), false)
})

test('two machines that answer each other run dry (CC-09)', async () => {
  const phone = testPhone()
  for (let n = 0; n < 6; n++) await provider.text(phone, 'HELP')
  assert.equal((await automaticAnswers(phone)).length, 3)
})

test('the opt-out forbids what waits; its own confirmation and HELP pass; a stale "resumed" does not (P4)', async () => {
  const phone = testPhone()
  const { messageId: reply } = await server.deps.db.begin((tx) =>
    createOutgoing(tx, brand.accountId, {
      ...{ conversationId: null, callId: null, senderId: brand.smsSender.senderId, channel: 'sms', address: phone },
      ...{ kind: 'reply', body: 'An agent’s answer', expiresAt: null },
    }),
  )
  assert.equal(await forbids(reply), false)
  await provider.text(phone, 'STOP')
  await provider.text(phone, 'HELP')
  const [confirmation, help] = await automaticAnswers(phone)
  assert.equal(await forbids(reply), true)
  assert.equal(await forbids(confirmation!.message_id), false)
  assert.equal(await forbids(help!.message_id), false)

  const second = testPhone()
  await provider.text(second, 'STOP')
  await provider.text(second, 'START')
  const resumed = (await automaticAnswers(second))[1]!
  assert.equal(await forbids(resumed.message_id), false)
  await provider.text(second, 'STOP')
  const answers = await automaticAnswers(second)
  assert.equal(await forbids(resumed.message_id), true)
  assert.equal(answers.length, 3)
  assert.equal(await forbids(answers[2]!.message_id), false)
})

test('scope "all" binds every channel; START elsewhere frees only elsewhere; scope "channel" binds one (CO-04)', async () => {
  const { db } = server.deps
  const word = { channel: 'sms', source: 'keyword', evidence: 'STOP', senderId: null } as const
  const [all, one] = [testPhone(), testPhone()]
  const on = (address: string, channel: 'sms' | 'wa') => isOptedOut(db, brand.accountId, address, channel)
  assert.deepEqual(
    await atomic(db, (tx) => recordOptOut(tx, brand.accountId, { ...word, address: all, scope: 'all' })),
    { changed: true },
  )
  assert.deepEqual(
    await atomic(db, (tx) => recordOptOut(tx, brand.accountId, { ...word, address: all, scope: 'all' })),
    { changed: false },
  )
  assert.deepEqual([await on(all, 'sms'), await on(all, 'wa')], [true, true])
  assert.deepEqual(
    await atomic(db, (tx) => liftOptOut(tx, brand.accountId, { ...word, address: all, channel: 'wa' })),
    { changed: true },
  )
  assert.deepEqual([await on(all, 'sms'), await on(all, 'wa')], [true, false])
  await atomic(db, (tx) => liftOptOut(tx, brand.accountId, { ...word, address: all }))
  assert.deepEqual([await on(all, 'sms'), await on(all, 'wa')], [false, false])

  await atomic(db, (tx) => recordOptOut(tx, brand.accountId, { ...word, address: one, scope: 'channel' }))
  assert.deepEqual([await on(one, 'sms'), await on(one, 'wa')], [true, false])
  const other = await testBrand(server)
  assert.equal(await isOptedOut(db, other.accountId, one, 'sms'), false)
})

test('the account’s scope decides what a STOP binds', async () => {
  const narrow = await testBrand(server, { ...simulatedSms, settings: { optOutScope: 'channel' } })
  const phone = testPhone()
  await simulatedProvider(server, narrow).text(phone, 'STOP')
  assert.equal(await isOptedOut(server.deps.db, narrow.accountId, phone, 'sms'), true)
  assert.equal(await isOptedOut(server.deps.db, narrow.accountId, phone, 'wa'), false)
})
