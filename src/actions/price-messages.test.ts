import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, test } from 'node:test'
import { simulatedAccount, startTwilioSimulator, type TwilioSimulator } from '../../test/simulators/twilio/index.ts'
import { type TestBrand, testBrand } from '../../test/test-brand.ts'
import { ivrOf, testCall } from '../../test/test-call.ts'
import { testInvite } from '../../test/test-invite.ts'
import { testPhone } from '../../test/test-phone.ts'
import { type TestServer, testServer } from '../../test/test-server.ts'
import type { HeardStatus } from '../channels/connector.ts'
import { doctor } from '../reports/doctor.ts'
import { atomic } from '../store/db.ts'
import { type MessageCost, settleCost } from '../store/message-costs.ts'
import { createOutgoing } from '../store/outgoing.ts'
import { putPrice } from '../store/prices.ts'
import { deliverMessage } from './deliver-message.ts'
import { priceMessages } from './price-messages.ts'
import { receive } from './receive.ts'
import { sendInvite } from './send-invite.ts'

let server: TestServer
let twilio: TwilioSimulator
let brand: TestBrand

before(async () => {
  twilio = await startTwilioSimulator({ accounts: [simulatedAccount] })
  server = await testServer({ env: { INVITE_DEADLINE_MS: '15000' } })
  brand = await testBrand(server, {
    smsConnector: 'sms-twilio',
    smsAddress: simulatedAccount.numbers[0],
    smsSettings: { accountSid: simulatedAccount.accountSid, apiBaseUrl: twilio.baseUrl },
    smsSecrets: { authToken: simulatedAccount.authToken },
  })
  twilio.inboundUrl(
    simulatedAccount.numbers[0],
    `${server.url}/hooks/sms-twilio/${brand.accountId}/${brand.smsSender.senderId}`,
  )
})
after(async () => {
  await server.close()
  await twilio.close()
})

const system = (of = brand) => ({ kind: 'system', accountId: of.accountId }) as const
/** The clock of the questions goes on: all that wait are due. */
async function askAll(): Promise<number> {
  await server.deps.db`update price_questions set next_ask_at = now()`
  return priceMessages(server.deps)
}
const questions = async () => (await server.deps.db`select message_id, asked from price_questions`).length
const callCost = async (callId: string) => {
  const [row] = await server.deps.db`
    select cost_micros::float8 as micros, cost_currency as currency, other_costs as others from calls where call_id = ${callId}`
  return row
}
const messageCost = async (messageId: string) => {
  const [row] = await server.deps.db`
    select cost_micros::float8 as micros, cost_currency as currency, cost_source as source
    from messages where message_id = ${messageId}`
  return row
}
const nothing = { micros: null, currency: null, source: null }
const problems = async () =>
  (await doctor(server.deps.db)).filter(({ promise }) => promise === 'reports').map(({ finding }) => finding)

async function invited(phone = testPhone()) {
  const { callId } = await testCall(server, brand, { phone })
  await sendInvite(server.deps, ivrOf(brand), { callId })
  await twilio.drain()
  const [message] = await server.deps.db`select message_id from messages where call_id = ${callId}`
  return { callId, phone, messageId: message!.message_id as string }
}

test('Twilio knows a price only later; then it stands on the message and in the call, with the conversation', async () => {
  const { deps } = server
  const { callId, phone, messageId } = await invited()
  assert.equal(await priceMessages(deps), Infinity, 'nothing is asked in the first minutes')
  assert.equal(await questions(), 1)
  await askAll()
  assert.deepEqual(await messageCost(messageId), nothing)
  assert.equal(await questions(), 1, 'it is asked again')

  twilio.shiftClock(121_000)
  await askAll()
  // 87 characters with the opt-out line: one part.
  assert.deepEqual(await messageCost(messageId), { micros: 7_900, currency: 'USD', source: 'provider' })
  assert.deepEqual(await callCost(callId), { micros: 7_900, currency: 'USD', others: null })
  assert.equal(await questions(), 0)

  await twilio.consumerSends(phone, simulatedAccount.numbers[0], 'Hello, my order is late')
  const [talk] = await deps.db`select conversation_id from conversations where call_id = ${callId}`
  const { attemptId } = await atomic(deps.db, (tx) =>
    createOutgoing(tx, brand.accountId, {
      ...{ conversationId: talk!.conversation_id, callId: null, senderId: brand.smsSender.senderId, channel: 'sms' },
      ...{ address: phone, kind: 'reply', body: 'x'.repeat(161), expiresAt: null },
    }),
  )
  await deliverMessage(deps, system(), { attemptId })
  await twilio.drain()
  twilio.shiftClock(121_000)
  await askAll()
  // The invite, what the consumer wrote, and two parts of an answer.
  assert.deepEqual(await callCost(callId), { micros: 4 * 7_900, currency: 'USD', others: null })
  assert.deepEqual(twilio.violations, [])
  assert.deepEqual(await problems(), [])
})

test('a status whose callbacks were all lost is learned with the price (WI-06)', async () => {
  const { deps } = server
  const standing = async (messageId: string) => {
    const [row] = await deps.db`
      select m.status, m.failure_kind, m.provider_code, i.state as invite, c.delivered_at is not null as delivered
      from messages m join invites i on i.account_id = m.account_id and i.call_id = m.call_id
        join calls c on c.account_id = m.account_id and c.call_id = m.call_id
      where m.message_id = ${messageId}`
    return row
  }
  const unheard = { status: 'sending', failure_kind: null, provider_code: null, invite: 'sent', delivered: false }
  twilio.fault({ phase: 'webhook', do: 'drop', times: 2 })
  const arrived = await invited()
  twilio.fault({ phase: 'status', do: 'end', status: 'undelivered', errorCode: 30006 })
  const lost = await invited()
  assert.deepEqual([await standing(arrived.messageId), await standing(lost.messageId)], [unheard, unheard])
  await askAll()
  assert.deepEqual(await standing(arrived.messageId), { ...unheard, status: 'delivered', delivered: true })
  const failure = { failure_kind: 'not-reachable-here', provider_code: '30006' }
  assert.deepEqual(await standing(lost.messageId), { ...unheard, ...failure, status: 'failed', invite: 'failed' })
  const [job] = await deps.db`select 1 from graphile_worker.jobs where key = ${`fall-back/${lost.messageId}`}`
  assert.ok(job, 'the next channel is tried')
  const [learned] = await deps.db`
    select reason from reachability where account_id = ${brand.accountId} and address = ${lost.phone}`
  assert.deepEqual(learned, { reason: 'not-reachable-here' })
  twilio.shiftClock(121_000)
  await askAll()
  assert.equal(await questions(), 0)
  assert.deepEqual(twilio.violations, [])
  assert.deepEqual(await problems(), [])
})

test('a provider that cannot be asked is asked again; what it never says, the table says; what is gone costs nothing', async () => {
  const { deps } = server
  const { db } = deps
  const one = await invited()
  twilio.fault({ phase: 'api', match: { operation: 'fetch' }, do: 'error', status: 503 })
  await askAll()
  assert.equal(await questions(), 1)
  const [kept] = await db`
    select status from provider_exchanges where message_id = ${one.messageId} and method = 'GET'`
  assert.equal(kept!.status, 503)
  await db`update price_questions set asked = 4`
  await askAll()
  assert.deepEqual([await messageCost(one.messageId), await questions()], [nothing, 0], 'the table is empty')

  await atomic(db, (tx) =>
    putPrice(tx, brand.accountId, {
      ...{
        channel: 'sms',
        senderId: null,
        country: 'US',
        category: null,
        per: 'segment',
        micros: 8_300,
        currency: 'EUR',
      },
    }),
  )
  const other = await invited()
  await db`update price_questions set asked = 4`
  await askAll()
  assert.deepEqual(await messageCost(other.messageId), { micros: 8_300, currency: 'EUR', source: 'table' })
  assert.deepEqual(await callCost(other.callId), { micros: 8_300, currency: 'EUR', others: null })

  const refused = testPhone()
  twilio.fault({ phase: 'status', do: 'end', status: 'failed', errorCode: 30003 })
  const failed = await invited(refused)
  twilio.shiftClock(121_000)
  await askAll()
  assert.deepEqual([await messageCost(failed.messageId), await questions()], [nothing, 0])
  await db`insert into price_questions values (${brand.accountId}, ${randomUUID()}, 0, now())`
  await askAll()
  assert.equal(await questions(), 0)
  assert.deepEqual(await problems(), [])
})

test('a cost said again changes nothing, said otherwise the call follows; currencies stay apart; all at once is exact', async () => {
  const { db } = server.deps
  const { callId, messageId } = await testInvite(server, brand, testPhone(), { providerId: `SM${'1'.repeat(32)}` })
  const settle = (cost: MessageCost | null, of = messageId) =>
    atomic(db, (tx) => settleCost(tx, brand.accountId, of, cost))
  const usd = (micros: number) => ({ micros, currency: 'USD', source: 'provider' }) as const
  const eur = (micros: number) => ({ micros, currency: 'EUR', source: 'table' }) as const
  await settle(eur(5))
  await settle(usd(7_900))
  await settle(usd(7_900))
  assert.deepEqual(await callCost(callId), { micros: 0, currency: 'EUR', others: { USD: 7_900 } })
  await settle(eur(9))
  await settle(null)
  assert.deepEqual(await messageCost(messageId), { micros: 7_900, currency: 'USD', source: 'provider' })
  assert.deepEqual(await problems(), [])

  const more = Array.from({ length: 8 }, () => randomUUID())
  for (const message_id of more)
    await db`insert into messages ${db({
      ...{
        account_id: brand.accountId,
        message_id,
        call_id: callId,
        sender_id: brand.smsSender.senderId,
        channel: 'sms',
      },
      ...{ address: testPhone(), direction: 'out', kind: 'auto', body: 'Hello', status: 'sent' },
    })}`
  await Promise.all(more.map((id, n) => settle(n % 2 === 0 ? usd(n) : eur(n), id)))
  assert.deepEqual(await callCost(callId), {
    micros: 1 + 3 + 5 + 7,
    currency: 'EUR',
    others: { USD: 7_900 + 2 + 4 + 6 },
  })
  assert.deepEqual(await problems(), [])
  await db`update calls set cost_micros = cost_micros + 1 where call_id = ${callId}`
  assert.deepEqual(await problems(), ['costs-differ'])
  await db`update calls set cost_micros = cost_micros - 1 where call_id = ${callId}`
})

test('WhatsApp says how it bills in its webhooks, and the table what that costs; what fails is not billed', async () => {
  const { deps } = server
  const whatsapp = await testBrand(server, { smsConnector: 'wa-cloud', smsAddress: '+12065550188' })
  await deps.db`update senders set channel = 'wa' where sender_id = ${whatsapp.smsSender.senderId}`
  for (const [category, micros] of [
    ['marketing', 62_500],
    ['utility', 4_000],
  ] as const)
    await atomic(deps.db, (tx) =>
      putPrice(tx, whatsapp.accountId, {
        ...{ channel: 'wa', senderId: null, country: null, category, per: 'message', micros, currency: 'USD' },
      }),
    )
  deps.accounts.drop(whatsapp.accountId)
  const sender = (await deps.accounts.get(whatsapp.accountId))!.senders.get(whatsapp.smsSender.senderId)!
  const told = async (words: Partial<HeardStatus>) => {
    const { callId, messageId, token } = await testInvite(server, whatsapp, testPhone(), { sentMinutesAgo: null })
    await deps.db`update messages set channel = 'wa' where message_id = ${messageId}`
    const hear = (more: Partial<HeardStatus>) =>
      receive(deps, system(whatsapp), {
        sender,
        heard: [
          {
            kind: 'status',
            providerId: `wamid.${messageId}`,
            attemptToken: token,
            status: 'sent',
            failure: null,
            at: null,
            ...more,
          },
        ],
        receivedAt: new Date(),
        exchange: null,
      })
    await hear(words)
    return { callId, messageId, hear }
  }
  const billed = (category: string, billable = true) => ({ billed: { category, billable } })
  const marketing = await told(billed('marketing'))
  assert.deepEqual(await messageCost(marketing.messageId), { micros: 62_500, currency: 'USD', source: 'table' })
  await marketing.hear({ status: 'delivered', ...billed('marketing') })
  assert.deepEqual(await callCost(marketing.callId), { micros: 62_500, currency: 'USD', others: null })
  const free = await told(billed('utility', false))
  assert.deepEqual(await messageCost(free.messageId), nothing)
  assert.deepEqual(await messageCost((await told(billed('service'))).messageId), nothing, 'the table does not say')
  const lost = await told(billed('utility'))
  assert.equal((await callCost(lost.callId))!.micros, 4_000)
  await lost.hear({ status: 'failed', failure: { kind: 'refused-for-now', providerCode: '131026' } })
  assert.equal((await callCost(lost.callId))!.micros, 0)

  const untold = await told({})
  assert.equal(await questions(), 1)
  await askAll()
  assert.equal(await questions(), 1, 'the webhook may still tell')
  await deps.db`update price_questions set asked = 4`
  await askAll()
  assert.deepEqual([await messageCost(untold.messageId), await questions()], [nothing, 0])
  assert.deepEqual(await problems(), [])
})

test('without a provider that says prices, the table is asked once', async () => {
  const { deps } = server
  const plain = await testBrand(server)
  await atomic(deps.db, (tx) =>
    putPrice(tx, plain.accountId, {
      ...{ channel: 'sms', senderId: plain.smsSender.senderId, country: null, category: null, per: 'message' },
      ...{ micros: 12_345, currency: 'GBP' },
    }),
  )
  const { callId, messageId } = await testInvite(server, plain, testPhone(), { providerId: 'p-1' })
  await deps.db`insert into price_questions values (${plain.accountId}, ${messageId}, 0, now())`
  await priceMessages(deps)
  assert.deepEqual(await callCost(callId), { micros: 12_345, currency: 'GBP', others: null })
  assert.equal(await questions(), 0)
})
