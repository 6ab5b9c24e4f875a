import assert from 'node:assert/strict'
import { createHash, randomBytes, randomInt, randomUUID } from 'node:crypto'
import { after, before, describe, test } from 'node:test'
import { privileges } from '../../src/domain/account.ts'
import { type Caller, roles } from '../../src/domain/caller.ts'
import { may } from '../../src/domain/policy.ts'
import { notFromAPage } from '../../src/http/same-site.ts'
import { providerSignature, signatureHeader } from '../../src/http/simulator/provider-signature.ts'
import { cursorOf } from '../../src/http/workspace/cursor.ts'
import { secretContext } from '../../src/store/account-config.ts'
import { newWebhookSecret } from '../../src/webhooks/signature.ts'
import { appJwt, oauthHeader } from '../ivr-client.ts'
import { hashClientSecret, type TestBrand, testBrand, testHandoff } from '../test-brand.ts'
import { testConversation } from '../test-conversation.ts'
import { testApp, testDevice } from '../test-device.ts'
import { type TestServer, testServer } from '../test-server.ts'
import { type Answer, ask, testUser } from '../test-user.ts'
import { type GuardedRoute, type Ids, routeTable } from './route-table.ts'

/*
 * No brand sees, changes or times another brand's data (promise P6; reliability TN-01 to TN-03): every route, tried by
 * every kind of caller of one brand with the ids of another, answers exactly as if those ids did not exist; and each role
 * may do with its own what the policy says. A route without a row in `route-table.ts` fails the first test.
 */
const operatorToken = randomBytes(32).toString('hex')
let server: TestServer
let brand: TestBrand
let other: TestBrand
let own: Ids
let theirs: Ids
const nobodys: Ids = {
  accountId: String(randomInt(10_000_000, 2 ** 40)),
  conversationId: randomUUID(),
  callId: randomUUID(),
  senderId: randomUUID(),
  senderAddress: '+18005550199',
  appAddress: 'an app that nobody has',
  skillId: randomUUID(),
  skill: 'a skill that nobody has',
  handoffId: `H${String(randomInt(2 ** 47)).padStart(15, '0')}`,
  appKey: randomBytes(16).toString('hex'),
  clientId: randomUUID(),
  clientSecret: randomBytes(32).toString('base64url'),
  userId: randomUUID(),
  cursor: cursorOf({ at: '2026-01-01 00:00:00+00', conversationId: randomUUID() })!,
  templateId: randomUUID(),
  waSenderId: randomUUID(),
  messageId: randomUUID(),
  optOutId: randomUUID(),
  erasureId: randomUUID(),
  cannedReplyId: randomUUID(),
  exportId: randomUUID(),
  scheduleId: randomUUID(),
  endpointId: randomUUID(),
  deliveryNumber: '600000000001',
  priceId: randomUUID(),
  place: '0',
}

interface Asker {
  readonly name: string
  /** As the policy knows this caller; null: nobody. */
  readonly caller: Caller | null
  headers(method: string, url: string): Record<string, string> | Promise<Record<string, string>>
}
/** Not a page of another site: else the session's doors refuse before they ask who it is. */
const program = { [notFromAPage]: '1' }
const askers: Asker[] = []
const secrets = { own: randomUUID(), theirs: randomUUID() }

before(async () => {
  server = await testServer({ env: { SANDBOX: 'on', OPERATOR_TOKEN: operatorToken, REPORTING_RATE_LIMIT: '10000' } })
  brand = await testBrand(server, { smsSecrets: { secret: secrets.own }, settings: { rateLimit: 10_000 } })
  other = await testBrand(server, { smsSecrets: { secret: secrets.theirs }, settings: { rateLimit: 10_000 } })
  own = await idsOf(brand)
  theirs = await idsOf(other)
  const { accountId } = brand
  for (const role of roles) {
    const user = await testUser(server, accountId, role, { skills: [own.skillId] })
    const headers = { cookie: `c2m-session=${user.sessionToken}`, origin: server.deps.publicUrl }
    askers.push({
      name: role,
      caller: { kind: 'user', accountId, userId: user.userId, name: '', role },
      headers: () => headers,
    })
  }
  const caller = { kind: 'credential', accountId, credentialId: '', privileges } as const
  askers.push({
    ...{ name: 'an API key', caller },
    headers: (method, url) => ({ ...program, authorization: oauthHeader(brand, url, { method }) }),
  })
  const jwt = await appJwt(server, brand)
  askers.push({ name: 'an AppJWT', caller, headers: () => ({ ...program, authorization: `Bearer ${jwt}` }) })
  askers.push({ name: 'nobody', caller: null, headers: () => program })
  askers.push({
    ...{ name: 'the operator', caller: { kind: 'operator' } as const },
    headers: () => ({ ...program, authorization: `Bearer ${operatorToken}` }),
  })
})
after(() => server.close())

/** Makes one of everything in a brand, apart from what its callers themselves use. */
async function idsOf(whose: TestBrand): Promise<Ids> {
  const { db } = server.deps
  const { accountId, smsSender, handoffId } = whose
  const skill = `skill of ${accountId}`
  const skillId = randomUUID()
  await db`insert into skills ${db({ account_id: accountId, skill_id: skillId, name: skill })}`
  await db`insert into engagements ${db({ account_id: accountId, skill_id: skillId })}`
  const user = await testUser(server, accountId, 'agent', { skills: [skillId] })
  const { conversationId, callId } = await testConversation(server, whose, { skillId })
  const made = await ask(
    `${server.url}/api/admin/accounts/${accountId}/api-keys`,
    'POST',
    { title: 'Another' },
    { authorization: `Bearer ${operatorToken}` },
  )
  const clientId = randomUUID()
  const clientSecret = randomBytes(32).toString('base64url')
  const install = { client_id: clientId, title: 'Another', secret_hash: hashClientSecret(clientSecret) }
  await db`insert into app_installs ${db({ account_id: accountId, ...install, privileges: ['reporting'] })}`
  const [waSenderId, templateId] = [randomUUID(), randomUUID()]
  await db`
    insert into senders (account_id, sender_id, connector, channel, address, title, settings)
    values (${accountId}, ${waSenderId}, 'wa-simulator', 'wa', ${`+1${accountId}`}, 'WhatsApp', '{}')`
  await db`
    insert into templates (account_id, template_id, name, language, status, body, sender_id)
    values (${accountId}, ${templateId}, 'waiting', 'en', 'draft', 'Hello', ${waSenderId})`
  // So that nobody can delete it: one caller's deletion would take it from the next.
  await testHandoff(server, accountId, [{ channel: 'wa', senderId: waSenderId, templateId }])
  const [message] = await db`
    select message_id from messages where account_id = ${accountId} and conversation_id = ${conversationId} limit 1`
  const [optOut] = await db`
    insert into opt_outs (account_id, address, channel, opted_out_at, source)
    values (${accountId}, ${`+1${accountId}`}, 'sms', now(), 'keyword') returning opt_out_id`
  server.deps.accounts.drop(accountId)
  return {
    ...{ accountId, conversationId, callId, skillId, skill, handoffId, clientId, clientSecret },
    senderId: smsSender.senderId,
    senderAddress: smsSender.address,
    appAddress: (await testApp(server, whose)).address,
    appKey: made.body.appKey,
    userId: user.userId,
    cursor: cursorOf({ at: '2026-01-01 00:00:00+00', conversationId })!,
    ...{ templateId, waSenderId, messageId: message!.message_id, place: '0', optOutId: optOut!.opt_out_id },
    cannedReplyId: await cannedReplyOf(accountId),
    ...(await exportOf(accountId)),
    endpointId: await endpointOf(accountId),
    deliveryNumber,
    priceId: await priceOf(accountId),
    erasureId: await erasureOf(accountId),
  }
}

/** METHOD and path of every route that the server has. */
function routesOf(): readonly string[] {
  const trail: string[] = []
  return server.app
    .printRoutes({ commonPrefix: false })
    .split('\n')
    .flatMap((line) => {
      const match = /^((?:│ {3}| {4})*)[├└]── (.+?) \(([A-Z, ]+)\)$/.exec(line)
      if (match === null) {
        assert.equal(line.trim(), '', `a line of the route tree that this test does not understand: ${line}`)
        return []
      }
      const [, indent, part, methods] = match
      trail.length = indent!.length / 4
      trail.push(part!)
      const known = methods!.split(', ')
      return known
        .filter((method) => method !== 'HEAD' || !known.includes('GET'))
        .map((method) => `${method} ${trail.join('')}`)
    })
}

const guarded = () =>
  Object.entries(routeTable).flatMap(([key, row]): [string, string, GuardedRoute][] => {
    const [method, path] = key.split(' ') as [string, string]
    return 'open' in row ? [] : [[method, path, row]]
  })

async function tryRoute(asker: Asker, method: string, path: string, row: GuardedRoute, account: Ids, children: Ids) {
  const filled = path.replace(/:(\w+)/g, (_, name: keyof Ids) => (name === 'accountId' ? account : children)[name])
  const query = row.query?.(children)
  const url = server.url + filled + (query === undefined ? '' : `?${query}`)
  return ask(url, method, row.body?.(children), await asker.headers(method, url))
}

/** An answer without what may differ: the request's own id, times measured, and the ids that were asked for. */
function told(answer: Answer, ...asked: readonly Ids[]): string {
  let text = JSON.stringify({ status: answer.status, body: answer.body }).replace(/"(ms|totalMs)":[0-9.]+/g, '"$1":0')
  // The longest first: a skill's name may hold the account's id.
  const known = asked.flatMap((ids) => Object.values(ids)).sort((a, b) => b.length - a.length)
  for (const id of known) text = text.replaceAll(id, '<id>')
  return text.replace(/"request(Trace)?Id":"[^"]*"/, '"requestId":""')
}

/** A sum over every row of a brand, in every table that has brands. */
async function sumOf(accountId: string): Promise<string> {
  const { db } = server.deps
  const tables = await db<{ table_name: string }[]>`
    select c.table_name from information_schema.columns c
    where c.table_schema = 'public' and c.column_name = 'account_id'
      and not exists(select from pg_class k where k.oid = c.table_name::regclass and k.relispartition) order by 1`
  assert.ok(tables.length > 20)
  const sum = createHash('sha256')
  for (const { table_name } of tables) {
    const rows = await db`select t::text as row from ${db(table_name)} t where account_id = ${accountId} order by 1`
    sum.update(`${table_name}\n${rows.map((row) => row.row).join('\n')}\n`)
  }
  return sum.digest('hex')
}

const admitted = (asker: Asker, row: GuardedRoute) => {
  const kind = asker.caller?.kind
  if (kind === undefined) return false
  return {
    session: kind === 'user',
    admin: kind === 'user' || kind === 'credential' || kind === 'operator',
    published: kind === 'credential',
    operator: kind === 'operator',
  }[row.door]
}

test('every route has a row, and every row a route', () => {
  assert.deepEqual([...routesOf()].sort(), Object.keys(routeTable).sort())
})

describe('with ids of another brand', () => {
  let before: string
  test('the other brand has something to lose', async () => {
    before = await sumOf(other.accountId)
    assert.notEqual(before, await sumOf(nobodys.accountId))
  })

  for (const [method, path, row] of guarded()) {
    test(`${method} ${path}`, async () => {
      // The operator is no brand: every brand's ids are the operator's own.
      for (const asker of askers.filter((one) => one.caller?.kind !== 'operator')) {
        if (path.includes(':accountId')) {
          const foreign = await tryRoute(asker, method, path, row, theirs, theirs)
          const absent = await tryRoute(asker, method, path, row, nobodys, nobodys)
          assert.equal(told(foreign, theirs), told(absent, nobodys), `${asker.name} with their account`)
          assert.ok([401, 403, 404].includes(foreign.status), `${asker.name} with their account: ${foreign.status}`)
        }
        const children = row.names === 'children' || path.replace(':accountId', '').includes(':')
        if (!children) continue
        const foreign = await tryRoute(asker, method, path, row, own, theirs)
        const absent = await tryRoute(asker, method, path, row, own, nobodys)
        assert.equal(told(foreign, theirs), told(absent, nobodys), `${asker.name} with their ids`)
        if (path.replace(':accountId', '').includes(':')) {
          assert.ok([401, 403, 404].includes(foreign.status), `${asker.name} with their ids: ${foreign.status}`)
        }
        assert.ok(!JSON.stringify(foreign.body).includes(theirs.conversationId))
      }
    })
  }

  test('nothing of the other brand has changed', async () => {
    assert.equal(await sumOf(other.accountId), before)
  })
})

describe('with ids of its own brand', () => {
  for (const [method, path, row] of guarded()) {
    test(`${method} ${path}`, async () => {
      let succeeded = false
      for (const asker of askers) {
        const ids = /\/(exports|export-schedules)\/:/.test(path)
          ? { ...own, ...(await exportOf(own.accountId)) }
          : /^\/api\/(workspace|transactions)|\/(canned-replies|prices|webhooks)\/:/.test(path)
            ? await working(asker)
            : own
        const answer = await tryRoute(asker, method, path, row, own, ids)
        const title = `${asker.name}: ${answer.status} ${JSON.stringify(answer.body).slice(0, 300)}`
        if (!admitted(asker, row)) assert.equal(answer.status, 401, title)
        else if (!may(asker.caller!, row.act)) assert.equal(answer.status, 403, title)
        else {
          assert.equal(answer.status, row.own ?? 200, title)
          succeeded = true
        }
      }
      assert.ok(succeeded, 'nobody may do this at all')
    })
  }
})

/** A conversation for this caller alone to work on, already theirs. */
async function working(asker: Asker): Promise<Ids> {
  const { conversationId, callId } = await testConversation(server, brand, { skillId: own.skillId })
  if (asker.caller?.kind === 'user') {
    await server.deps.db`
      update conversations set state = 'assigned', owner_id = ${asker.caller.userId} where conversation_id = ${conversationId}`
  }
  const { accountId } = own
  return {
    ...{ ...own, conversationId, callId },
    cannedReplyId: await cannedReplyOf(accountId),
    priceId: await priceOf(accountId),
    endpointId: await endpointOf(accountId),
  }
}

const deliveryNumber = '700000000001'

/** A webhook endpoint that was told something once: the account's only one, since it may have no more than twenty. */
async function endpointOf(accountId: string): Promise<string> {
  const { db, cipher } = server.deps
  const endpointId = randomUUID()
  const secret = cipher.encrypt(newWebhookSecret(), secretContext.webhook(accountId, endpointId))
  await db`delete from webhook_deliveries where account_id = ${accountId}`
  await db`delete from webhook_endpoints where account_id = ${accountId}`
  await db`
    insert into webhook_endpoints (account_id, endpoint_id, title, url, secret)
    values (${accountId}, ${endpointId}, 'Systems', 'https://hooks.example.com', ${secret})`
  await db`
    with event as (
      insert into webhook_events (account_id, type, data, given_at) values (${accountId}, 'invite.sent', '{}', now())
      returning event_id, at)
    insert into webhook_deliveries (account_id, endpoint_id, number, event_id, event_at)
    select ${accountId}, ${endpointId}, ${deliveryNumber}, event_id, at from event`
  return endpointId
}

async function cannedReplyOf(accountId: string): Promise<string> {
  const cannedReplyId = randomUUID()
  await server.deps.db`
    insert into canned_replies (account_id, canned_reply_id, title, shortcut, body)
    values (${accountId}, ${cannedReplyId}, 'Hello', ${cannedReplyId.slice(0, 8)}, 'Hello')`
  return cannedReplyId
}

async function priceOf(accountId: string): Promise<string> {
  const priceId = randomUUID()
  // A price of its own each: of one channel, sender, country and category there is but one.
  const category = priceId.replaceAll('-', '').replace(/[0-9]/g, (digit) => 'ghijklmnop'[Number(digit)]!)
  await server.deps.db`
    insert into prices (account_id, price_id, channel, category, per, micros, currency)
    values (${accountId}, ${priceId}, 'wa', ${category}, 'message', 7500, 'USD')`
  return priceId
}

async function erasureOf(accountId: string): Promise<string> {
  const erasureId = randomUUID()
  await server.deps.db`
    insert into erasures (account_id, erasure_id, requested_by, hashes, state, finished_at)
    values (${accountId}, ${erasureId}, 'system', '{}', 'done', now())`
  return erasureId
}

/** A masked one, so that the operator may ask for it too. */
async function exportOf(accountId: string): Promise<Pick<Ids, 'exportId' | 'scheduleId'>> {
  const { db, cipher } = server.deps
  const [exportId, scheduleId] = [randomUUID(), randomUUID()]
  const common = { account_id: accountId, kind: 'transactions', format: 'csv', query: db.json({}), masked: true }
  const span = { since: new Date(0), until: new Date(0) }
  await db`
    insert into exports ${db({ ...common, ...span, export_id: exportId, state: 'done', asked_by: 'system', finished_at: new Date() })}`
  const destination = { to: 'bucket', endpoint: 'https://s3.example.com', region: 'us-east-1', bucket: 'exports' }
  await db`insert into export_schedules ${db({
    ...{ ...common, schedule_id: scheduleId, title: 'Weekly', every: 'day', hour: 3, time_zone: 'UTC' },
    destination: db.json({ ...destination, prefix: '', accessKeyId: 'AKIDEXAMPLE', addressing: 'path' }),
    secret: cipher.encrypt('secret', `export-schedule/${accountId}/${scheduleId}`),
    next_run_at: new Date('2099-01-01T00:00:00Z'),
  })}`
  return { exportId, scheduleId }
}

test("a client's id and secret get no token for another account", async () => {
  for (const path of ['/sentinel/api/v2/account/ID/app/token', '/sentinel/api/account/ID/app/token?v=1.0']) {
    const token = async (accountId: string, { clientId, clientSecret }: TestBrand['app']) => {
      const response = await fetch(server.url + path.replace('ID', accountId), {
        method: 'POST',
        body: new URLSearchParams({
          grant_type: 'client_credentials',
          client_id: clientId,
          client_secret: clientSecret,
        }),
      })
      return { status: response.status, headers: response.headers, body: await response.json() }
    }
    assert.equal((await token(own.accountId, brand.app)).status, 200)
    const foreign = await token(theirs.accountId, brand.app)
    assert.equal(foreign.status, 401)
    assert.equal(told(foreign), told(await token(nobodys.accountId, brand.app)))
    assert.equal(told(await token(own.accountId, other.app)), told(await token(own.accountId, nobodys)))
  }
})

test("one brand's provider cannot speak for another's", async () => {
  // A file that the other brand's consumer has sent: by its id, too, it is theirs alone.
  const [sentFile] = await server.deps.db`insert into simulator_messages ${server.deps.db({
    ...{ account_id: theirs.accountId, simulator_message_id: randomUUID(), sender_id: theirs.senderId, channel: 'sms' },
    ...{ number: '+12065550177', direction: 'from-phone', body: '', status: 'received' },
    ...{ file_bytes: Buffer.from('%PDF-1.4'), file_type: 'application/pdf', file_name: 'bill.pdf' },
  })} returning simulator_message_id as id`
  const before = await sumOf(other.accountId)
  const body = JSON.stringify({
    events: [{ type: 'message', id: randomUUID(), from: '+12065550177', text: 'Hello' }],
    ...{ to: '+12065550177', text: 'x', title: null, statusUrl: 'http://127.0.0.1:1/', reference: randomUUID() },
  })
  const speak = (method: string, path: string, query = '') => {
    const sent = method === 'GET' ? '' : body
    const signature = providerSignature(secrets.own, method, path + query, sent)
    return ask(server.url + path + query, method, method === 'GET' ? undefined : body, { [signatureHeader]: signature })
  }
  const hook = (ids: Pick<Ids, 'accountId' | 'senderId'>) => `/hooks/sms-simulator/${ids.accountId}/${ids.senderId}`
  const provider = (ids: Pick<Ids, 'accountId' | 'senderId'>) =>
    `/simulator/provider/${ids.accountId}/${ids.senderId}/messages`
  const file = (ids: Pick<Ids, 'accountId' | 'senderId'>) =>
    `/simulator/provider/${ids.accountId}/${ids.senderId}/files/${sentFile!.id}`
  for (const [method, path, query] of [
    ['POST', hook, ''],
    ['GET', hook, ''],
    ['POST', provider, ''],
    ['GET', provider, '?attempt=x'],
    ['GET', file, ''],
  ] as const) {
    const foreign = await speak(method, path(theirs), query)
    assert.ok([401, 403].includes(foreign.status), `${method} ${path(theirs)}: ${foreign.status}`)
    const mixed = await speak(method, path({ accountId: own.accountId, senderId: theirs.senderId }), query)
    const absent = await speak(method, path({ accountId: own.accountId, senderId: nobodys.senderId }), query)
    assert.equal(mixed.status, 404)
    assert.equal(told(mixed, theirs), told(absent, nobodys))
  }
  assert.equal(await sumOf(other.accountId), before)
  assert.equal((await speak('POST', hook(own))).status, 200)
  assert.equal((await speak('GET', provider(own), '?attempt=x')).status, 200)
  assert.equal((await speak('GET', file(own))).status, 404)
})

test('a device of one brand marks and reads nothing of another’s', async () => {
  const consumerId = 'the same id in both brands'
  const device = await testDevice(server, brand, await testApp(server, brand), consumerId)
  const app = await testApp(server, other)
  const messageId = randomUUID()
  const { db } = server.deps
  await db`insert into messages ${db({
    ...{ account_id: other.accountId, message_id: messageId, sender_id: app.senderId, channel: 'inapp' },
    ...{ address: consumerId, direction: 'out', kind: 'reply', body: 'For another brand’s consumer', status: 'sent' },
  })}`
  const before = await sumOf(other.accountId)
  const mark = (id: string) => device.ask('POST', 'receipts', { messageIds: [id], status: 'read' })
  assert.equal(told(await mark(messageId)), told(await mark(randomUUID())))
  assert.equal(await sumOf(other.accountId), before)
  assert.deepEqual((await device.ask('GET', 'messages')).body.messages, [])
})
