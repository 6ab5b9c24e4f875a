import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { personalDataIn } from '../../../test/personal-data.ts'
import { simulatedSms } from '../../../test/simulated-provider.ts'
import { type TestBrand, testBrand } from '../../../test/test-brand.ts'
import { testPhone } from '../../../test/test-phone.ts'
import { type TestServer, testServer } from '../../../test/test-server.ts'
import { deliverMessage } from '../../actions/deliver-message.ts'
import { secretContext } from '../../store/account-config.ts'
import { createOutgoing } from '../../store/outgoing.ts'
import { providerSignature, signatureHeader } from './provider-signature.ts'

let server: TestServer
let brand: TestBrand

before(async () => {
  server = await testServer({ env: { SANDBOX: 'on' } })
  brand = await testBrand(server, simulatedSms)
})
after(() => server.close())

interface PhoneMessage {
  id: string
  direction: string
  channel: string
  from: string
  to: string
  title?: string
  text: string
  at: string
  status: string
}

const phoneUrl = (number: string) => `${server.url}/simulator/phones/${encodeURIComponent(number)}/messages`
const look = async (number: string) => (await (await fetch(phoneUrl(number))).json()) as PhoneMessage[]
const type = (number: string, body: unknown) =>
  fetch(phoneUrl(number), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })

/** Waits for what happens in the background, at most ten seconds. */
async function until<T>(read: () => Promise<T>, enough: (value: T) => boolean): Promise<T> {
  for (let tries = 0; ; tries++) {
    const value = await read()
    if (enough(value) || tries === 200) return value
    await pause(50)
  }
}

async function deliver(address: string, body: string, more: { senderId?: string; channel?: 'inapp' } = {}) {
  const { senderId = brand.smsSender.senderId, channel = 'sms' } = more
  const { attemptId, messageId } = await server.deps.db.begin((tx) =>
    createOutgoing(tx, brand.accountId, {
      ...{ conversationId: null, callId: null, senderId, channel, address, kind: 'reply', body, expiresAt: null },
      title: channel === 'inapp' ? 'A title' : null,
    }),
  )
  await deliverMessage(server.deps, { kind: 'system', accountId: brand.accountId }, { attemptId })
  return messageId
}

const statusOf = async (messageId: string) => {
  const [row] = await server.deps.db<{ status: string }[]>`select status from messages where message_id = ${messageId}`
  return row!.status
}

test('the round trip: sent by the connector, on the phone, delivered, answered, in a queue', async () => {
  const phone = testPhone()
  await server.deps.db`
    update settings set default_skill_id = ${brand.skills.support} where account_id = ${brand.accountId}`
  server.deps.accounts.drop(brand.accountId)
  const messageId = await deliver(phone, 'Reply to continue by text.')
  assert.equal(
    await until(
      () => statusOf(messageId),
      (status) => status === 'delivered',
    ),
    'delivered',
  )
  const [shown, ...others] = await look(phone)
  assert.equal(others.length, 0)
  const { id, at, ...rest } = shown!
  assert.ok(id !== '' && !Number.isNaN(Date.parse(at)))
  assert.deepEqual(rest, {
    direction: 'to-phone',
    channel: 'sms',
    from: brand.smsSender.address,
    to: phone,
    text: 'Reply to continue by text.',
    status: 'delivered',
  })

  const answer = await type(phone, { channel: 'sms', text: 'Yes please' })
  assert.equal(answer.status, 201)
  const typed = (await answer.json()) as PhoneMessage
  assert.deepEqual(
    [typed.direction, typed.from, typed.to, typed.status],
    ['from-phone', phone, brand.smsSender.address, 'received'],
  )
  const [conversation] = await server.deps.db`
    select c.state, m.body, m.provider_id from conversations c
    join messages m on m.account_id = c.account_id and m.conversation_id = c.conversation_id
    where c.account_id = ${brand.accountId} and c.address = ${phone}`
  assert.deepEqual({ ...conversation }, { state: 'queued', body: 'Yes please', provider_id: typed.id })
  assert.deepEqual(
    (await look(phone)).map(({ text }) => text),
    ['Reply to continue by text.', 'Yes please'],
  )
})

test('STOP on the phone is confirmed on the phone, and what waits does not come (P4)', async () => {
  const phone = testPhone()
  await deliver(phone, 'Hello')
  await type(phone, { channel: 'sms', text: 'stop' })
  const [confirmation] = await server.deps.db<{ attempt_id: string }[]>`
    select attempt_id from attempts where account_id = ${brand.accountId} and address = ${phone} and state = 'accepted'`
  const caller = { kind: 'system', accountId: brand.accountId } as const
  await deliverMessage(server.deps, caller, { attemptId: confirmation!.attempt_id })
  const forbidden = await deliver(phone, 'One more thing')
  assert.equal(await statusOf(forbidden), 'failed')
  const texts = (await look(phone)).map(({ text }) => text)
  assert.deepEqual(texts.slice(0, 2), ['Hello', 'stop'])
  assert.match(texts[2]!, /^Test brand: You will get no more messages/)
  assert.equal(texts.length, 3)
})

test('STOP at the same moment as a send: it arrived before, once, or never (CO-06)', async () => {
  const caller = { kind: 'system', accountId: brand.accountId } as const
  const { db } = server.deps
  for (let round = 0; round < 8; round++) {
    const phone = testPhone()
    const { attemptId } = await db.begin((tx) =>
      createOutgoing(tx, brand.accountId, {
        ...{ conversationId: null, callId: null, senderId: brand.smsSender.senderId, channel: 'sms', address: phone },
        ...{ kind: 'reply', body: 'Racing', expiresAt: null },
      }),
    )
    const stop = { channel: 'sms', text: 'STOP', to: brand.smsSender.address }
    await Promise.all([type(phone, stop), deliverMessage(server.deps, caller, { attemptId })])
    await deliverMessage(server.deps, caller, { attemptId })
    const [row] = await db`
      select state from attempts where account_id = ${brand.accountId} and attempt_id = ${attemptId}`
    const arrived = (await look(phone)).some(({ text }) => text === 'Racing')
    assert.equal(row!.state, arrived ? 'sent' : 'opted-out')
    assert.equal((await look(phone)).filter(({ text }) => text === 'Racing').length, arrived ? 1 : 0)
  }
})

test('a number is found with and without its plus; `to` names a sender that has not written yet', async () => {
  const phone = testPhone()
  const answer = await type(phone, { channel: 'sms', text: 'First', to: brand.smsSender.address })
  assert.equal(answer.status, 201)
  for (const spelling of [phone, phone.slice(1)]) assert.equal((await look(spelling)).length, 1, spelling)
  const plain = await fetch(`${server.url}/simulator/phones/${phone}/messages`)
  assert.equal(((await plain.json()) as unknown[]).length, 1)
})

test('in-app: the consumer’s id is the phone, the title shows', async () => {
  const { db, cipher } = server.deps
  const senderId = randomUUID()
  const consumerId = `consumer ${senderId}`
  await db`insert into senders ${db({
    account_id: brand.accountId,
    sender_id: senderId,
    connector: 'inapp-simulator',
    channel: 'inapp',
    address: 'The app',
    title: 'The app',
    settings: '{}',
    secrets: cipher.encrypt(JSON.stringify(simulatedSms.smsSecrets), secretContext.sender(brand.accountId, senderId)),
  })}`
  await db`update senders set settings = '{}' where sender_id = ${senderId}`
  server.deps.accounts.drop(brand.accountId)
  await deliver(consumerId, 'Hello in the app', { senderId, channel: 'inapp' })
  const [shown] = await look(consumerId)
  assert.deepEqual([shown!.from, shown!.to, shown!.title], ['The app', consumerId, 'A title'])
  assert.equal((await type(consumerId, { channel: 'inapp', text: 'Hi' })).status, 201)
})

test('400 for a body that is not exactly as described, 404 for a phone nobody has written to, 415 for a form', async () => {
  const phone = testPhone()
  for (const body of [
    {},
    { channel: 'fax', text: 'x' },
    { channel: 'sms', text: '' },
    { channel: 'sms', text: 'x', more: 1 },
  ])
    assert.equal((await type(phone, body)).status, 400, JSON.stringify(body))
  assert.equal((await type(phone, { channel: 'sms', text: 'x' })).status, 404)
  assert.equal((await type(phone, { channel: 'sms', text: 'x', to: '+18005559999' })).status, 404)
  assert.deepEqual(await look(phone), [])
  const form = await fetch(phoneUrl(phone), {
    method: 'POST',
    body: new URLSearchParams({ channel: 'sms', text: 'x' }),
  })
  assert.equal(form.status, 415)
})

test('503 when the server does not take what was typed', async () => {
  const phone = testPhone()
  await deliver(phone, 'Hello')
  await server.deps.db`update accounts set enabled = false where account_id = ${brand.accountId}`
  server.deps.accounts.drop(brand.accountId)
  try {
    assert.equal((await type(phone, { channel: 'sms', text: 'x' })).status, 503)
    assert.equal((await look(phone)).at(-1)!.status, 'failed')
  } finally {
    await server.deps.db`update accounts set enabled = true where account_id = ${brand.accountId}`
    server.deps.accounts.drop(brand.accountId)
  }
})

test('the provider’s door: 401 for a wrong signature, 400 for half a message, 404 for a sender that is not simulated', async () => {
  const path = (senderId: string) => `/simulator/provider/${brand.accountId}/${senderId}/messages`
  const call = (senderId: string, body: string, secret: string = simulatedSms.smsSecrets.secret) =>
    fetch(server.url + path(senderId), {
      method: 'POST',
      headers: { [signatureHeader]: providerSignature(secret, 'POST', path(senderId), body) },
      body,
    })
  const { senderId } = brand.smsSender
  assert.equal((await call(senderId, '{}', 'wrong')).status, 401)
  for (const body of ['', '[]', '{', '{"to":"+12065551004","text":"x"}'])
    assert.equal((await call(senderId, body)).status, 400, body)
  assert.equal((await call(randomUUID(), '{}')).status, 404)
  const twilio = await testBrand(server, { smsConnector: 'sms-twilio' })
  const url = `${server.url}/simulator/provider/${twilio.accountId}/${twilio.smsSender.senderId}/messages`
  assert.equal((await fetch(url, { method: 'POST', body: '{}' })).status, 404)
})

test('the phones are described, and nothing of it exists outside of the sandbox', async () => {
  const described = (await (await fetch(`${server.url}/openapi.json`)).json()) as { paths: Record<string, unknown> }
  const paths = Object.keys(described.paths).filter((path) => path.includes('simulator'))
  assert.deepEqual(paths.sort(), [
    '/simulator/calls',
    '/simulator/calls/{callId}',
    '/simulator/calls/{callId}/invite',
    '/simulator/lines',
    '/simulator/phones/{number}/files',
    '/simulator/phones/{number}/files/{id}',
    '/simulator/phones/{number}/messages',
    '/simulator/provider',
  ])
  const real = await testServer({ env: { SANDBOX: 'off' }, database: server.database })
  try {
    const answer = await fetch(`${real.url}/simulator/phones/%2B12065551004/messages`)
    assert.equal(answer.status, 404)
  } finally {
    await real.close()
  }
})

test('no number and no text was logged', () => {
  assert.deepEqual(personalDataIn(server.logged.join('\n')), [])
})
