import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, test } from 'node:test'
import fc from 'fast-check'
import { simulatedSms } from '../../test/simulated-provider.ts'
import { type TestBrand, testBrand } from '../../test/test-brand.ts'
import { testInvite } from '../../test/test-invite.ts'
import { testPhone } from '../../test/test-phone.ts'
import { type TestServer, testServer } from '../../test/test-server.ts'
import type { Heard, HeardStatus } from '../channels/connector.ts'
import type { MessageStatus } from '../domain/message.ts'
import { recordSent } from '../store/attempt-outcomes.ts'
import { loadAttempt } from '../store/attempts.ts'
import { atomic } from '../store/db.ts'
import { isOptedOut, liftOptOut } from '../store/opt-outs.ts'
import { uuidV7 } from '../store/uuid-v7.ts'
import { receive } from './receive.ts'

let server: TestServer
let brand: TestBrand

before(async () => {
  server = await testServer()
  brand = await testBrand(server, simulatedSms)
})
after(() => server.close())

async function hear(heard: readonly Heard[], to: TestBrand = brand) {
  const sender = (await server.deps.accounts.get(to.accountId))!.senders.get(to.smsSender.senderId)!
  const input = { sender, heard, receivedAt: new Date(), exchange: null }
  return receive(server.deps, { kind: 'system', accountId: to.accountId }, input)
}

const status = (providerId: string, word: MessageStatus, more: Partial<HeardStatus> = {}): HeardStatus => ({
  kind: 'status',
  providerId,
  attemptToken: null,
  status: word,
  failure: word === 'failed' ? { kind: 'refused-for-now', providerCode: '30003' } : null,
  at: null,
  ...more,
})

async function stateOf(messageId: string) {
  const [row] = await server.deps.db`
    select m.status, m.provider_id, m.sent_at, m.delivered_at, m.read_at, m.failed_at, m.failure_kind, m.provider_code,
      a.state as attempt, i.state as invite, c.sent_at as call_sent, c.delivered_at as call_delivered,
      c.read_at as call_read, c.failed_at as call_failed, c.error_code
    from messages m
    join attempts a on a.account_id = m.account_id and a.message_id = m.message_id
    join invites i on i.account_id = m.account_id and i.call_id = m.call_id
    join calls c on c.account_id = m.account_id and c.call_id = m.call_id
    where m.account_id = ${brand.accountId} and m.message_id = ${messageId}`
  return row!
}

test('statuses in any order, any number of times, end in the same state (WI-02)', async () => {
  const words: readonly MessageStatus[] = ['sending', 'sent', 'delivered', 'read', 'failed']
  const base = Date.now() + 60_000
  const at = (word: MessageStatus) => new Date(base + words.indexOf(word) * 1_000)
  const endOf = async (told: readonly MessageStatus[]) => {
    const invite = await testInvite(server, brand, testPhone(), { sentMinutesAgo: null })
    const providerId = randomUUID()
    for (const word of told) await hear([status(providerId, word, { attemptToken: invite.token, at: at(word) })])
    const { provider_id: known, ...state } = await stateOf(invite.messageId)
    assert.equal(known, providerId)
    return state
  }
  const expected = new Map<string, Promise<Record<string, unknown>>>()
  await fc.assert(
    fc.asyncProperty(fc.array(fc.constantFrom(...words), { minLength: 1, maxLength: 8 }), async (told) => {
      const inOrder = words.filter((word) => told.includes(word))
      const key = inOrder.join()
      if (!expected.has(key)) expected.set(key, endOf(inOrder))
      assert.deepEqual(await endOf(told), await expected.get(key))
    }),
    { numRuns: 25 },
  )
})

test('all statuses of one message in one batch, or told at once by many callbacks, end the same (WI-02)', async () => {
  const words: readonly MessageStatus[] = ['read', 'failed', 'sending', 'delivered', 'sent']
  const invite = await testInvite(server, brand, testPhone(), { sentMinutesAgo: null })
  const other = await testInvite(server, brand, testPhone(), { sentMinutesAgo: null })
  const batch = words.map((word) => status('batch', word, { attemptToken: invite.token }))
  assert.deepEqual(await hear([...batch, ...batch]), { status: 5, duplicate: 5 })
  await Promise.all(words.map((word) => hear([status('apart', word, { attemptToken: other.token })])))
  for (const { messageId } of [invite, other]) assert.equal((await stateOf(messageId)).status, 'read')
})

test('a status before the send’s answer finds its message by the token (WI-03)', async () => {
  const invite = await testInvite(server, brand, testPhone(), { sentMinutesAgo: null })
  await hear([status('early-1', 'delivered', { attemptToken: invite.token })])
  const state = await stateOf(invite.messageId)
  assert.deepEqual(
    [state.status, state.provider_id, state.attempt, state.invite],
    ['delivered', 'early-1', 'sent', 'sent'],
  )
})

test('a status without a token waits for the send’s answer (WI-03)', async () => {
  const invite = await testInvite(server, brand, testPhone(), { sentMinutesAgo: null })
  assert.deepEqual(await hear([status('early-2', 'sent'), status('early-2', 'delivered')]), { unmatched: 2 })
  assert.equal((await stateOf(invite.messageId)).status, 'sending')
  const attempt = (await loadAttempt(server.deps.db, brand.accountId, invite.attemptId))!
  await server.deps.db.begin((tx) => recordSent(tx, attempt, { providerId: 'early-2', status: 'sending' }))
  assert.equal((await stateOf(invite.messageId)).status, 'delivered')
})

test('a status and the send’s answer at the same moment never miss each other (WI-03)', async () => {
  for (let round = 0; round < 15; round++) {
    const invite = await testInvite(server, brand, testPhone(), { sentMinutesAgo: null })
    const attempt = (await loadAttempt(server.deps.db, brand.accountId, invite.attemptId))!
    const providerId = randomUUID()
    await Promise.all([
      hear([status(providerId, 'delivered')]),
      server.deps.db.begin((tx) => recordSent(tx, attempt, { providerId, status: 'sending' })),
      hear([status(providerId, 'read')]),
    ])
    assert.equal((await stateOf(invite.messageId)).status, 'read')
  }
  const [waiting] = await server.deps.db`
    select 1 from receipts where account_id = ${brand.accountId} and matched_at is null`
  assert.equal(waiting, undefined)
})

test('a strange provider id, or another’s, touches nothing and is counted (WI-04)', async () => {
  const other = await testBrand(server, simulatedSms)
  const invite = await testInvite(server, brand, testPhone(), { providerId: 'mine' })
  const before = await stateOf(invite.messageId)
  assert.deepEqual(await hear([status('stranger', 'read')]), { unmatched: 1 })
  assert.deepEqual(await hear([status('mine', 'read')], other), { unmatched: 1 })
  assert.deepEqual(await hear([status('mine-too', 'read', { attemptToken: invite.token })], other), { unmatched: 1 })
  assert.deepEqual(await stateOf(invite.messageId), before)
})

test('a token of another sender of the same brand touches nothing, whatever id comes with it (WI-04)', async () => {
  const invite = await testInvite(server, brand, testPhone(), { providerId: 'of-first' })
  const config = (await server.deps.accounts.get(brand.accountId))!
  const second = { ...config.senders.get(brand.smsSender.senderId)!, senderId: randomUUID(), address: '+18005550199' }
  await server.deps.db`insert into senders ${server.deps.db({
    account_id: brand.accountId,
    sender_id: second.senderId,
    connector: 'sms-simulator',
    channel: 'sms',
    address: second.address,
    title: 'Second',
    settings: '{}',
  })}`
  const before = await stateOf(invite.messageId)
  const counts = await receive(
    server.deps,
    { kind: 'system', accountId: brand.accountId },
    {
      sender: second,
      heard: [status('of-first', 'read', { attemptToken: invite.token }), status('of-first', 'read')],
      receivedAt: new Date(),
      exchange: null,
    },
  )
  assert.deepEqual(counts, { unmatched: 2 })
  assert.deepEqual(await stateOf(invite.messageId), before)
})

test('a refusal in a status teaches what outlives the message: opt-out, not reachable here', async () => {
  const [stopped, landline] = [testPhone(), testPhone()]
  const failed = (kind: 'opted-out' | 'not-reachable-here', providerCode: string) => ({
    failure: { kind, providerCode },
  })
  await testInvite(server, brand, stopped, { providerId: 'p-stopped' })
  await testInvite(server, brand, landline, { providerId: 'p-landline' })
  const heard = [
    status('p-stopped', 'failed', failed('opted-out', '21610')),
    status('p-landline', 'failed', failed('not-reachable-here', '30006')),
  ]
  await hear(heard)
  await hear(heard)
  const { db } = server.deps
  const history = await db`
    select source, evidence, resumed from opt_out_history where account_id = ${brand.accountId} and address = ${stopped}`
  assert.deepEqual([...history], [{ source: 'provider-refusal', evidence: '21610', resumed: false }])
  const learned = await db`
    select reachable, reason from reachability where account_id = ${brand.accountId} and address = ${landline}`
  assert.deepEqual([...learned], [{ reachable: false, reason: 'not-reachable-here' }])
})

test('a refusal that came before anybody knew whom it was about is learned with the send’s answer', async () => {
  const phone = testPhone()
  const invite = await testInvite(server, brand, phone, { sentMinutesAgo: null })
  await hear([status('early-refusal', 'failed', { failure: { kind: 'opted-out', providerCode: '21610' } })])
  const { db } = server.deps
  assert.equal(await isOptedOut(db, brand.accountId, phone, 'sms'), false)
  const attempt = (await loadAttempt(db, brand.accountId, invite.attemptId))!
  await db.begin((tx) => recordSent(tx, attempt, { providerId: 'early-refusal', status: 'sending' }))
  assert.equal((await stateOf(invite.messageId)).status, 'failed')
  assert.equal(await isOptedOut(db, brand.accountId, phone, 'sms'), true)
})

test('a message that arrived after all leaves nobody unreachable, in whatever order and with whatever times', async () => {
  const { db } = server.deps
  const unreachable: HeardStatus['failure'] = { kind: 'not-reachable-here', providerCode: '131026' }
  const believed = async (phone: string) =>
    (await db`select 1 from reachability where account_id = ${brand.accountId} and address = ${phone}`).length > 0
  const minuteAgo = Math.floor(Date.now() / 1_000 - 60) * 1_000
  const [first, second] = [new Date(minuteAgo), new Date(minuteAgo + 1_000)]
  const times = [
    { failed: null, delivered: null },
    { failed: first, delivered: second },
    { failed: second, delivered: first },
    { failed: first, delivered: first },
  ]
  const options = { sentMinutesAgo: 10 }
  for (const [n, { failed, delivered }] of times.entries()) {
    const words: ((id: string) => HeardStatus)[] = [
      (id) => status(id, 'failed', { failure: unreachable, at: failed }),
      (id) => status(id, 'delivered', { at: delivered }),
    ]
    for (const [m, order] of [words, words.toReversed()].entries()) {
      const [known, early] = [`arrived-${n}-${m}`, `arrived-early-${n}-${m}`]
      const [phone, phoneOfEarly] = [testPhone(), testPhone()]
      await testInvite(server, brand, phone, { ...options, providerId: known })
      const { attemptId } = await testInvite(server, brand, phoneOfEarly, { sentMinutesAgo: null })
      await db`update messages set created_at = now() - interval '10 minutes' where account_id = ${brand.accountId}`
      for (const word of order) await hear([word(known), word(early)])
      const attempt = (await loadAttempt(db, brand.accountId, attemptId))!
      await atomic(db, (tx) => recordSent(tx, attempt, { providerId: early, status: 'sending' }))
      assert.deepEqual([await believed(phone), await believed(phoneOfEarly)], [false, false], `${n}, ${m}`)
    }
  }

  const phone = testPhone()
  for (const providerId of ['refused-before', 'arrived-since', 'refused-since'])
    await testInvite(server, brand, phone, { ...options, providerId })
  await hear([status('refused-before', 'failed', { failure: unreachable, at: first })])
  assert.equal(await believed(phone), true)
  await hear([status('arrived-since', 'delivered', { at: second })])
  assert.equal(await believed(phone), false, 'by the provider’s clock the delivery came after the refusal')
  await hear([status('refused-since', 'failed', { failure: unreachable })])
  await hear([status('arrived-since', 'read', { at: second })])
  assert.equal(await believed(phone), true, 'a refusal since then stands')
})

test('a refusal told again after its receipt is gone does not undo a START (WI-09)', async () => {
  const phone = testPhone()
  const invite = await testInvite(server, brand, phone, { providerId: 'told-late' })
  const refusal = status('told-late', 'failed', { failure: { kind: 'opted-out', providerCode: '21610' } })
  const { db } = server.deps
  await hear([refusal])
  const word = { address: phone, channel: 'sms', source: 'keyword', evidence: 'START', senderId: null } as const
  await atomic(db, (tx) => liftOptOut(tx, brand.accountId, word))
  await db`delete from receipts where account_id = ${brand.accountId} and provider_id = 'told-late'`
  await db`update messages set created_at = now() - interval '8 days' where message_id = ${invite.messageId}`
  await hear([refusal])
  assert.equal(await isOptedOut(db, brand.accountId, phone, 'sms'), false)
})

test('two batches about the same messages in opposite order do not end each other', async () => {
  const invites = await Promise.all(
    Array.from({ length: 8 }, () => testInvite(server, brand, testPhone(), { sentMinutesAgo: null })),
  )
  const batch = invites.map(({ token }, n) => status(`cross-${n}`, 'delivered', { attemptToken: token }))
  await Promise.all([hear(batch), hear(batch.toReversed()), hear(batch), hear(batch.toReversed())])
  for (const { messageId } of invites) assert.equal((await stateOf(messageId)).status, 'delivered')
})

test('a message told again after the turn of the month is the same one', async () => {
  const { db } = server.deps
  const providerId = randomUUID()
  const heard: Heard = {
    ...{ kind: 'message', providerId, from: testPhone(), alsoKnownAs: [], text: 'Hello', media: [], at: null },
    ...{ keyword: null, providerAnswersKeywords: false },
  }
  await hear([heard])
  // The index that holds provider ids apart is each month's own.
  const lastMonth = uuidV7(new Date(Date.now() - 31 * 86_400_000))
  await db`update messages set message_id = ${lastMonth} where provider_id = ${providerId}`
  const again = await Promise.all([1, 2, 3].map(() => hear([heard])))
  assert.deepEqual(again, [{ duplicate: 1 }, { duplicate: 1 }, { duplicate: 1 }])
  const stored = await db`select message_id from messages where provider_id = ${providerId}`
  assert.deepEqual(
    stored.map((row) => row.message_id),
    [lastMonth],
  )
})
