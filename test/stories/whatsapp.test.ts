import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import test, { after, before } from 'node:test'
import { sendInvite } from '../../src/actions/send-invite.ts'
import { waCloud } from '../../src/channels/wa-cloud/index.ts'
import { startWorker } from '../../src/jobs/index.ts'
import {
  type MetaSimulator,
  type PersonaName,
  simulatedBusiness,
  simulatedTemplate,
  simulatedWaSender,
  startMetaSimulator,
} from '../simulators/meta/index.ts'
import { type PlainProvider, plainConnector, plainProvider } from '../simulators/plain-provider.ts'
import { type TestBrand, testBrand, testHandoff } from '../test-brand.ts'
import { ivrOf } from '../test-call.ts'
import { type TestServer, testServer } from '../test-server.ts'
import { ask, type TestUser, testUser } from '../test-user.ts'

/*
 * WhatsApp as Meta plays it, over real HTTP both ways, with the worker running: eligibility, invite, what Meta says
 * afterwards, and what the consumer answers.
 */
let server: TestServer
let meta: MetaSimulator
let texts: PlainProvider
let worker: { stop(): Promise<void> }
let brand: TestBrand
let boss: TestUser
let handoffId: string
let waSenderId: string
const { phoneNumberId } = simulatedBusiness.numbers[0]
const { wabaId } = simulatedBusiness

before(async () => {
  meta = await startMetaSimulator({ businesses: [simulatedBusiness] })
  texts = await plainProvider()
  server = await testServer({ connectors: [waCloud, plainConnector('sms-plain', 'sms')] })
  brand = await testBrand(server, { smsConnector: 'sms-plain', smsSettings: { baseUrl: texts.url } })
  boss = await testUser(server, brand.accountId, 'administrator')
  waSenderId = randomUUID()
  const templateId = randomUUID()
  const { db } = server.deps
  const sender = simulatedWaSender(meta.baseUrl)
  await db`
    insert into senders (account_id, sender_id, connector, channel, address, title, settings)
    values (${brand.accountId}, ${waSenderId}, 'wa-cloud', 'wa', ${sender.address}, 'WhatsApp', ${db.json(sender.settings as never)})`
  await db`
    insert into templates (account_id, template_id, name, language, status, body, buttons, sender_id)
    values (${brand.accountId}, ${templateId}, ${simulatedTemplate.name}, 'en_US', 'draft', ${simulatedTemplate.body},
      ${db.json(simulatedTemplate.buttons as never)}, ${waSenderId})`
  handoffId = await testHandoff(server, brand.accountId, [
    { channel: 'wa', senderId: waSenderId, templateId },
    {
      ...{ channel: 'sms', senderId: brand.smsSender.senderId, text: 'Reply by text.', optOutLine: '' },
      senderByIvrNumber: {},
    },
  ])
  server.deps.accounts.drop(brand.accountId)
  worker = await startWorker(server.deps)
  assert.ok(await meta.subscribe(wabaId, `${server.url}/hooks/wa-cloud/${brand.accountId}/${waSenderId}`))
  // The template was made at Meta; here it is written word for word, and taken in.
  const synced = await boss.ask('POST', `/api/admin/accounts/${brand.accountId}/templates/sync`)
  assert.deepEqual(synced.body, { changed: 1, unanswered: [] })
})
after(async () => {
  await worker.stop()
  await server.close()
  await meta.close()
  await texts.close()
})

let number = 5_551_000
const someone = (persona: PersonaName = 'whatsapp') => {
  const phone = `+1650${++number}`
  meta.persona(phone, persona)
  return phone
}

async function eligible(phone: string) {
  const answer = await ask(
    `${server.url}/api/account/${brand.accountId}/eligibility?v=2.0&explain=true`,
    'POST',
    {
      ...{ consumerPhoneNumber: phone, skill: 'support', handoffId },
      templateVariables: { '1': 'Ann', '2': 'your bill' },
    },
    await bearer(),
  )
  assert.equal(answer.status, 200, JSON.stringify(answer.body))
  return answer.body
}
let token: string | null = null
async function bearer() {
  token ??= await (async () => {
    const { clientId, clientSecret } = brand.app
    const response = await fetch(`${server.url}/sentinel/api/v2/account/${brand.accountId}/app/token`, {
      method: 'POST',
      body: new URLSearchParams({ client_id: clientId, client_secret: clientSecret, grant_type: 'client_credentials' }),
    })
    return ((await response.json()) as { access_token: string }).access_token
  })()
  return { authorization: `Bearer ${token}` }
}
const invite = (callId: string) => sendInvite(server.deps, ivrOf(brand), { callId })
const callOf = async (callId: string) => (await server.deps.db`select * from calls where call_id = ${callId}`)[0]!
/** Whose turn it is, is another story. */
const give = (conversationId: string, { userId }: TestUser) =>
  server.deps.db`
    update conversations set state = 'assigned', owner_id = ${userId}, handled_by = ${userId}
    where conversation_id = ${conversationId}`
async function until<T>(what: () => Promise<T | null | undefined | false>): Promise<T> {
  for (let tries = 0; tries < 2_000; tries++) {
    const got = await what()
    if (got) return got
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  throw new assert.AssertionError({ message: 'it never came about' })
}

test('not on WhatsApp, as Meta says afterwards: the text goes, and the next call is offered the text at once', async () => {
  const phone = someone('no-whatsapp')
  const { callId, recommendedChannelName } = await eligible(phone)
  assert.equal(recommendedChannelName, 'wa')
  await invite(callId)
  await meta.drain()
  await until(async () => texts.accepted.some(({ to }) => to === phone))
  const call = await until(async () => {
    const row = await callOf(callId)
    return row.sent_at !== null && row.channel === 'sms' && row
  })
  assert.equal(call.failed_at, null)
  const again = await eligible(phone)
  assert.deepEqual([again.availableChannels, again.reasons[0].code], [['sms'], 'not_on_whatsapp'])
})

test('read at once, delivered never said: both times are there', async () => {
  const phone = someone('reads-at-once')
  const { callId } = await eligible(phone)
  await invite(callId)
  await meta.drain()
  const call = await callOf(callId)
  assert.ok(call.delivered_at instanceof Date && call.read_at instanceof Date)
})

test('the answer comes from another number than the one we wrote to, and finds its call', async () => {
  const phone = '+5511987654000'
  meta.persona(phone, { waId: '551187654000' })
  const { callId } = await eligible(phone)
  await invite(callId)
  await meta.consumerSends(phone, phoneNumberId, 'Yes, please')
  await meta.drain()
  const call = await callOf(callId)
  assert.ok(call.conversation_id !== null)
  const [conversation] = await server.deps.db`
    select address, channel from conversations where conversation_id = ${call.conversation_id}`
  assert.deepEqual({ ...conversation }, { address: phone, channel: 'wa' })
})

test('STOP on WhatsApp: no text either (the other way round: stop-on-another-channel.test.ts)', async () => {
  const phone = someone()
  const { callId } = await eligible(phone)
  await invite(callId)
  await meta.consumerSends(phone, phoneNumberId, 'STOP')
  await meta.drain()
  const later = await eligible(phone)
  assert.deepEqual(
    later.reasons.map(({ channel, code }: { channel: string; code: string }) => [channel, code]),
    [
      ['wa', 'opted_out'],
      ['sms', 'opted_out'],
    ],
  )
})

test('Meta pauses the template: by its webhook alone WhatsApp is left out, with the reason, and comes back', async () => {
  meta.decide(wabaId, simulatedTemplate.name, 'PAUSED')
  await meta.drain()
  const paused = await until(async () => {
    const answer = await eligible(someone())
    return answer.recommendedChannelName === 'sms' && answer
  })
  assert.equal(paused.reasons[0].code, 'template_not_approved')
  assert.match(paused.reasons[0].message, /It is paused/)
  meta.decide(wabaId, simulatedTemplate.name, 'APPROVED')
  await meta.drain()
  await until(async () => (await eligible(someone())).recommendedChannelName === 'wa')
})

test('a consumer with a user name answers by it alone, and is found by what Meta said when the invite went', async () => {
  const phone = `+1650${++number}`
  meta.persona(phone, { userId: `US.${number}`, hidesNumber: true })
  const { callId } = await eligible(phone)
  await invite(callId)
  await meta.consumerSends(phone, phoneNumberId, 'Hello?')
  await meta.drain()
  const call = await callOf(callId)
  assert.ok(call.conversation_id !== null)
})

test('the agent looks, types and answers with a picture: the consumer sees all three', async () => {
  const phone = someone('reader')
  const { callId } = await eligible(phone)
  await invite(callId)
  const asked = await meta.consumerSends(phone, phoneNumberId, 'What does it look like?')
  await meta.drain()
  const { conversation_id: conversationId } = await callOf(callId)
  const agent = await testUser(server, brand.accountId, 'agent', { skills: [brand.skills.support] })
  const at = `/api/workspace/conversations/${conversationId}`
  const shown = () =>
    meta.journal.flatMap(({ kind, id, type }) => (kind === 'read' && id === asked.messageId ? [type] : []))
  assert.equal((await agent.ask('POST', `${at}/seen`)).status, 204)
  assert.deepEqual(shown(), [], 'only its owner’s look counts')
  await give(conversationId, agent)
  await meta.consumerSends(phone, phoneNumberId, 'Hello?')
  assert.equal((await agent.ask('POST', `${at}/seen`)).status, 204)
  await until(async () => meta.journal.some(({ kind, consumer }) => kind === 'read' && consumer === phone))
  assert.equal((await agent.ask('POST', `${at}/typing`)).status, 204)
  await until(async () => meta.journal.some(({ type, consumer }) => type === 'typing' && consumer === phone))

  const media = { url: 'https://cdn.example.com/it.png', contentType: 'image/png', fileName: 'it.png' }
  const answer = await agent.ask('POST', `${at}/reply`, { text: 'Like this', media, clientId: randomUUID() })
  assert.equal(answer.status, 202)
  const sent = await until(async () =>
    meta.accepted.find(({ consumer, type }) => consumer === phone && type === 'image'),
  )
  assert.deepEqual(sent.request?.image, { link: media.url, caption: 'Like this' })
  await meta.drain()
  const { body } = await agent.ask('GET', at)
  const told = body.messages.at(-1)
  assert.deepEqual([told.status, told.media], ['read', [media]])
})

test('too fast for one consumer (131056): the second message waits behind the first', async () => {
  const phone = someone()
  const { callId } = await eligible(phone)
  await invite(callId)
  await meta.consumerSends(phone, phoneNumberId, 'Hello?')
  await meta.drain()
  const { conversation_id: conversationId } = await callOf(callId)
  const agent = await testUser(server, brand.accountId, 'agent', { skills: [brand.skills.support] })
  const at = `/api/workspace/conversations/${conversationId}`
  await give(conversationId, agent)
  const match = { to: phone, operation: 'send' } as const
  meta.fault({ phase: 'api', match, do: 'error', status: 400, code: 131056, retryAfter: '1' })
  await agent.ask('POST', `${at}/reply`, { text: 'First', clientId: 'first' })
  await until(async () => {
    const [held] = await server.deps.db`
      select 1 from attempts a join messages m using (account_id, message_id)
      where m.conversation_id = ${conversationId} and a.failure_kind = 'throttled'`
    return held
  })
  await agent.ask('POST', `${at}/reply`, { text: 'Second', clientId: 'second' })
  const replies = () => meta.accepted.filter(({ consumer, type }) => consumer === phone && type === 'text')
  await until(async () => replies().length === 2)
  assert.deepEqual(
    replies().map(({ body }) => body),
    ['First', 'Second'],
  )
})

test('a message of a type that nobody knows yet is kept, and shown as such', async () => {
  const phone = someone()
  const { callId } = await eligible(phone)
  await invite(callId)
  await meta.consumerSends(phone, phoneNumberId, { type: 'hologram', part: { depth: 3 } })
  await meta.drain()
  const { conversation_id: conversationId } = await callOf(callId)
  const [message] = await server.deps.db`
    select body from messages where conversation_id = ${conversationId} and direction = 'in'`
  assert.equal(message!.body, '[hologram]')
})

test('stopped by the button, by WhatsApp’s own switch, or as an error says: nothing is offered any more', async () => {
  const byButton = someone()
  const first = await eligible(byButton)
  await invite(first.callId)
  await meta.consumerSends(byButton, phoneNumberId, { type: 'button', part: { text: 'No, thanks', payload: 'STOP' } })
  const bySwitch = someone()
  await invite((await eligible(bySwitch)).callId)
  await meta.consumerPrefers(bySwitch, phoneNumberId, 'stop')
  const byError = someone()
  meta.persona(byError, { ends: 131050 })
  await invite((await eligible(byError)).callId)
  await meta.drain()
  for (const phone of [byButton, bySwitch, byError]) {
    const { availableChannels, reasons } = await eligible(phone)
    assert.deepEqual([availableChannels, reasons[0].code], [[], 'opted_out'])
  }
})

test('refused as not on WhatsApp, then reached: the delivery clears it', async () => {
  const phone = someone()
  await invite((await eligible(phone)).callId)
  await server.deps.db`
    insert into reachability (account_id, address, channel, reachable, reason, source, learned_at, expires_at)
    values (${brand.accountId}, ${phone}, 'wa', false, 'not-reachable-here', 'refusal', now() - interval '1 minute',
      now() + interval '30 days')`
  assert.equal((await eligible(phone)).recommendedChannelName, 'sms')
  await meta.drain()
  assert.equal((await eligible(phone)).recommendedChannelName, 'wa')
})

test('nothing that we asked Meta for was against its own description', () => {
  assert.deepEqual(meta.violations, [])
})
