import assert from 'node:assert/strict'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { whereInDatabase, whereInFiles } from '../../test/find-canary.ts'
import { callIvr } from '../../test/ivr-client.ts'
import { canaries } from '../../test/personal-data.ts'
import { simulatedProvider, simulatedSms } from '../../test/simulated-provider.ts'
import { type TestBrand, testBrand } from '../../test/test-brand.ts'
import { testApp, testDevice } from '../../test/test-device.ts'
import { testPhone } from '../../test/test-phone.ts'
import { type TestServer, testServer } from '../../test/test-server.ts'
import { type TestUser, testUser } from '../../test/test-user.ts'
import { unzip } from '../../test/unzip.ts'
import { erasePerson } from '../actions/erase-person.ts'
import { doctor } from '../reports/doctor.ts'
import { atomic } from '../store/db.ts'
import { giveEvents } from '../store/webhook-events.ts'
import { holdings, holdsNobody } from './holdings.ts'

let server: TestServer
let brand: TestBrand
let boss: TestUser
let agent: TestUser

before(async () => {
  server = await testServer({ env: { SANDBOX: 'on' } })
  brand = await testBrand(server, { ...simulatedSms, settings: { channels: ['sms', 'wa', 'inapp'] } })
  boss = await testUser(server, brand.accountId, 'administrator')
  const endpoint = { title: 'Systems', url: 'https://hooks.example.com', events: ['conversation.opened'] }
  assert.equal((await admin('POST', '/webhooks', endpoint)).status, 201)
  agent = await testUser(server, brand.accountId, 'agent', { skills: [brand.skills.support] })
})
after(() => server.close())

const admin = async (method: string, path: string, body?: unknown, user = boss) =>
  user.ask(method, `/api/admin/accounts/${brand.accountId}${path}`, body)
const deed = async (conversationId: string, what: string, body?: unknown, method = 'POST') => {
  const answer = await agent.ask(method, `/api/workspace/conversations/${conversationId}/${what}`, body)
  assert.ok(answer.status < 300, `${what}: ${answer.status} ${JSON.stringify(answer.body)}`)
  return answer.body
}
const find = async (person: object) => (await admin('POST', '/consumers/find', person)).body
const doErasure = (erasureId: string) =>
  erasePerson(server.deps, { kind: 'system', accountId: brand.accountId }, { erasureId })

/** Who went through everything: every trace of them holds one of these words. */
interface Traveller {
  readonly phone: string
  readonly consumerId: string
  /** All words by which they can be found. */
  readonly traces: readonly string[]
}

/** A call, an invite, the answer, an agent with notes and files; an app beside it; and what was learned on the way. */
async function travel(word: string, leavesOpen = false): Promise<Traveller> {
  const { db } = server.deps
  const { accountId } = brand
  const phone = testPhone()
  const consumerId = `consumer-${word}`
  const said = (what: string) => `${what} ${canaries.text}-${word}`
  const provider = simulatedProvider(server, brand)

  const offered = await callIvr(server, brand, 'eligibility', {
    body: {
      ...{ consumerPhoneNumber: phone, handoffId: brand.handoffId, skill: 'support', ivrNumber: '+18005550123' },
      sdes: [{ type: 'personal', info: { firstname: said('Ann'), contacts: [{ email: `${word}@consumer.example` }] } }],
      templateVariables: { 1: said('variable') },
    },
  })
  assert.equal(offered.body.eligible, true)
  const callId = offered.body.callId as string
  const override = { callId, overrideMessage: said('Hello') }
  assert.equal((await callIvr(server, brand, 'invite', { body: override })).status, 200)
  await provider.text(phone, said('I have a question'))
  const sent = await fetch(
    `${server.url}/simulator/phones/${phone}/files?channel=sms&to=%2B${brand.smsSender.address.slice(1)}`,
    {
      method: 'POST',
      headers: { 'content-type': 'application/pdf', 'x-file-name': `bill-${word}.pdf` },
      body: `%PDF-1.4 ${said('My bill')}`,
    },
  )
  assert.equal(sent.status, 201)
  const conversationWith = async (address: string) => {
    const [row] =
      await db`select conversation_id from conversations where account_id = ${accountId} and address = ${address}`
    return row!.conversation_id as string
  }
  const conversationId = await conversationWith(phone)
  await deed(conversationId, 'take')
  await deed(conversationId, 'notes', { text: said('Note'), clientId: crypto.randomUUID() })
  await deed(conversationId, 'tags', { tags: [`tag ${word}`] }, 'PUT')
  await deed(conversationId, 'reply', { text: said('An answer'), clientId: crypto.randomUUID() })

  await deed(conversationId, 'close')

  const app = await testApp(server, brand)
  const device = await testDevice(server, brand, app, consumerId, `push-${word}`)
  const inapp = await callIvr(server, brand, 'eligibility', {
    body: { consumerPhoneNumber: phone, consumerId, handoffId: app.handoffId, skill: 'support' },
  })
  assert.equal((await callIvr(server, brand, 'invite', { body: { callId: inapp.body.callId } })).status, 200)
  await device.ask('POST', 'messages', { text: said('From the app'), clientId: crypto.randomUUID() })
  if (!leavesOpen) {
    await deed(await conversationWith(consumerId), 'take')
    await deed(await conversationWith(consumerId), 'close')
  }

  // What providers teach beside: a line type, another name at WhatsApp, a callback that comes too early.
  await db`
    insert into reachability (account_id, address, channel, reachable, reason, source, expires_at)
    values (${accountId}, ${phone}, 'wa', false, 'not-on-whatsapp', 'refusal', now() + interval '30 days')`
  await db`
    insert into consumer_addresses (account_id, channel, also_known_as, address)
    values (${accountId}, 'wa', ${`US.${word}`}, ${phone})`
  await db`
    insert into files (account_id, file_id, conversation_id, author_id, token, content_type, file_name, bytes)
    values (${accountId}, ${crypto.randomUUID()}, ${conversationId}, ${agent.userId}, ${`token-${word}`}, 'text/plain',
      ${`contract-${word}.txt`}, ${Buffer.from(said('A file for you'))})`
  await db`
    update calls set error_message = ${said(`The number ${phone} is`)} where account_id = ${accountId} and call_id = ${callId}`
  // The invite has cost something, and a system of the brand's echoed what it was told.
  await db`
    update messages set cost_micros = 7500, cost_currency = 'USD', cost_source = 'provider'
    where account_id = ${accountId} and call_id = ${callId} and kind = 'invite'`
  await db`
    update calls set cost_micros = 7500, cost_currency = 'USD' where account_id = ${accountId} and call_id = ${callId}`
  await atomic(db, giveEvents)
  const echoed = { at: new Date().toISOString(), status: 500, ms: 5, error: 'status', answer: said('No') }
  await db`
    update webhook_deliveries set attempts = ${db.json([echoed])} where account_id = ${accountId} and event_id in (
      select event_id from webhook_events where conversation_id = ${conversationId})`
  const stop = { address: phone, channel: 'sms', evidence: said('by letter') }
  assert.equal((await admin('POST', '/opt-outs', stop)).status, 200)
  return { phone, consumerId, traces: [phone.slice(1), consumerId, word] }
}

const traceOf = ({ traces }: Traveller) => whereInDatabase(server.deps.db, traces)
/** What every report is made of, to the last facet. */
const sums = async () =>
  JSON.stringify(
    await server.deps.db`
      select count.facet, sum(count.attempted)::int as attempted, sum(count.eligible)::int as eligible, sum(count.sent)::int as sent,
        sum(count.replied)::int as replied, sum(count.taken)::int as taken
      from calls c cross join lateral report_count_of(c) count
      where c.account_id = ${brand.accountId} group by 1 order by 1`,
  )

test('every table is erased in, or holds nobody', async () => {
  const tables = await server.deps.db<{ name: string }[]>`
    select relname as name from pg_class
    where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and not relispartition`
  const listed = [...holdings.map(({ table }) => table), ...Object.keys(holdsNobody)]
  assert.deepEqual(
    tables.map(({ name }) => name).filter((name) => !listed.includes(name)),
    [],
    'a new table: say in holdings.ts how a person is erased in it, or why it holds nobody',
  )
})

test('a person who went through everything is handed out whole, and then nowhere to be found', async () => {
  const gone = await travel('qzx7ruby')
  const other = await travel('qzx7opal')
  const before = await traceOf(gone)
  const otherBefore = await traceOf(other)
  const expected = `attempts.address calls.consumer_id calls.consumer_phone calls.error_message calls.override_message
    calls.sdes calls.template_variables consumer_addresses.also_known_as conversations.address conversations.tags
    devices.consumer_id files.bytes files.file_name invites.override_message messages.body notes.body opt_out_history.evidence
    opt_outs.address reachability.address simulator_messages.body simulator_messages.file_bytes simulator_messages.file_name
    webhook_deliveries.attempts`
  for (const place of expected.split(/\s+/))
    assert.ok(before.includes(place), `the journey leaves nothing in ${place}: ${before.join(' ')}`)

  const found = await find({ phone: gone.phone })
  assert.deepEqual(
    found.addresses.map((one: { address: string; kind: string }) => [one.address, one.kind]).sort(),
    [
      [gone.phone, 'phone'],
      [gone.consumerId, 'consumer-id'],
      ['US.qzx7ruby', 'whatsapp-id'],
    ].sort(),
  )
  const headers = { cookie: `c2m-session=${boss.sessionToken}`, origin: server.deps.publicUrl }
  const response = await fetch(`${server.url}/api/admin/accounts/${brand.accountId}/consumers/archive`, {
    ...{ method: 'POST', headers: { ...headers, 'content-type': 'application/json' } },
    body: JSON.stringify({ phone: gone.phone }),
  })
  assert.equal(response.headers.get('content-type'), 'application/zip')
  const archive = unzip(Buffer.from(await response.arrayBuffer()))
  const { data } = JSON.parse(archive.get('person.json')!.toString()) as { data: Record<string, object[]> }
  const held = (text: string) => gone.traces.some((trace) => text.includes(trace))
  for (const place of before) {
    const [table, column] = place.split('.') as [string, string]
    const hidden = holdings.find((one) => one.table === table)!.hidden?.includes(column) === true
    const rows = (data[table] ?? []) as Record<string, unknown>[]
    if (place === 'files.bytes' || place === 'simulator_messages.file_bytes')
      assert.ok(
        [...archive].some(
          ([path, bytes]) =>
            path.startsWith('files/') && path.endsWith('.pdf') === (table !== 'files') && held(bytes.toString()),
        ),
        `${place} is not among the files of the archive`,
      )
    else assert.ok(hidden || rows.some((row) => held(JSON.stringify(row[column]))), `${place} is not in the archive`)
  }
  assert.ok(!JSON.stringify(data).includes(other.phone))

  const exported = 'x'.repeat(32)
  await mkdir(join(server.deps.config.dataDir, 'exports'))
  await writeFile(join(server.deps.config.dataDir, 'exports', exported), `call,${gone.phone}\n`)
  await server.deps.db`
    insert into exports (account_id, export_id, kind, format, query, since, until, masked, state, asked_by, finished_at, file_name)
    values (${brand.accountId}, ${crypto.randomUUID()}, 'transactions', 'csv', '{}', now() - interval '1 day',
      now() + interval '1 day', false, 'done', 'system', now(), ${exported})`
  assert.equal((await whereInFiles(server.deps.config.dataDir, gone.traces)).length, 1)

  const [sumsBefore, callsBefore] = [await sums(), (await server.deps.db`select 1 from calls`).length]
  const asked = await admin('POST', '/erasures', { phone: ` ${gone.phone.slice(0, 5)} ${gone.phone.slice(5)}` })
  assert.equal(asked.status, 202)
  assert.deepEqual((await admin('POST', '/erasures', { phone: gone.phone })).body, asked.body)
  await server.deps.db`update erasures set requested_at = now() - interval '3 minutes'`
  assert.deepEqual(
    (await doctor(server.deps.db)).filter(({ grave }) => grave).map((one) => one.finding),
    ['erasure-waits'],
  )
  await doErasure(asked.body.erasureId)

  assert.deepEqual(await traceOf(gone), [])
  assert.deepEqual(await whereInFiles(server.deps.config.dataDir, gone.traces), [])
  assert.deepEqual(
    server.logged.filter((line) => held(line)),
    [],
  )
  assert.deepEqual(await traceOf(other), otherBefore)
  assert.equal(await sums(), sumsBefore)
  assert.equal((await server.deps.db`select 1 from calls`).length, callsBefore)
  assert.deepEqual(
    (await doctor(server.deps.db)).filter(({ grave }) => grave),
    [],
  )
  const { body: done } = await admin('GET', `/erasures/${asked.body.erasureId}`)
  assert.equal(done.state, 'done')
  assert.equal(done.found, 4)
  assert.ok(done.erased.messages >= 4 && done.erased.calls === 2 && done.erased.conversations === 2)
  await doErasure(asked.body.erasureId)
  assert.deepEqual((await admin('GET', `/erasures/${asked.body.erasureId}`)).body, done)
  assert.deepEqual((await find({ phone: gone.phone })).holds, [])
  assert.equal((await find({ phone: gone.phone })).erasures[0].erasureId, asked.body.erasureId)

  const { body: log } = await admin('GET', '/audit')
  const actions = (log.entries as { action: string }[]).map(({ action }) => action)
  for (const action of ['person.erase', 'person.erased', 'person.export']) assert.ok(actions.includes(action), action)
})

test('an opt-out outlives its person: it binds when they call, when they write, and START lifts it', async () => {
  const { phone, consumerId } = await travel('qzx7jade', true)
  const open = () =>
    server.deps.db`select state from conversations where account_id = ${brand.accountId} and state <> 'closed'`
  assert.equal((await open()).length, 1)
  const { body } = await admin('POST', '/erasures', { consumerId })
  await doErasure(body.erasureId)
  assert.equal((await open()).length, 0)
  const call = async () =>
    (
      await callIvr(server, brand, 'eligibility', {
        query: 'v=2.0&explain=true',
        body: { consumerPhoneNumber: phone, handoffId: brand.handoffId, skill: 'support' },
      })
    ).body as { eligible: boolean; reasons?: { code: string }[] }
  const refused = await call()
  assert.equal(refused.eligible, false)
  assert.deepEqual(
    refused.reasons?.map(({ code }) => code),
    ['opted_out'],
  )

  const listed = async () =>
    (await admin('POST', '/opt-outs/search', { search: phone })).body.optOuts as { address: string }[]
  assert.match((await listed())[0]!.address, /^erased:[\w-]{43}$/)

  const provider = simulatedProvider(server, brand)
  await provider.text(phone, 'It is me again')
  assert.equal((await listed())[0]!.address, phone)
  const [row] = await server.deps.db`
    select count(*)::int as own from opt_outs where account_id = ${brand.accountId} and address = ${phone} and lifted_at is null`
  assert.ok(row!.own > 0, 'whoever writes is known again by what was kept')
  await provider.text(phone, 'START')
  assert.equal((await call()).eligible, true)
})

test('a call of an erased person cannot be invited', async () => {
  const phone = testPhone()
  const { body: call } = await callIvr(server, brand, 'eligibility', {
    body: { consumerPhoneNumber: phone, handoffId: brand.handoffId, skill: 'support' },
  })
  const { body } = await admin('POST', '/erasures', { phone })
  await doErasure(body.erasureId)
  const invited = await callIvr(server, brand, 'invite', { body: { callId: call.callId } })
  assert.deepEqual([invited.status, invited.body.errorCode], [404, 1004])
  const [row] = await server.deps.db`select consumer_phone from calls where call_id = ${call.callId as string}`
  assert.match(row!.consumer_phone, /^\+1 erased-[\w-]{12}$/)
})

test('only administrators, and a name that names nobody is refused', async () => {
  const manager = await testUser(server, brand.accountId, 'agent-manager')
  for (const path of ['/consumers/find', '/consumers/archive', '/erasures'])
    assert.equal((await admin('POST', path, { phone: testPhone() }, manager)).status, 403)
  for (const body of [{}, { phone: '12' }, { phone: '+1206555010x' }, { phone: null, consumerId: null }])
    assert.equal((await admin('POST', '/erasures', body)).status, 400)
})
