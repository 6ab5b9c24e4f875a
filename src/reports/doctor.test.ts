import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, test } from 'node:test'
import { reportSums } from '../../test/random-calls.ts'
import { type TestBrand, testBrand } from '../../test/test-brand.ts'
import { type TestServer, testServer } from '../../test/test-server.ts'
import { createOutgoing } from '../store/outgoing.ts'
import { sumUpCalls } from '../store/report-sums.ts'
import { doctor, type FindingName, findings } from './doctor.ts'

const address = '+12065551004'
let server: TestServer
let brand: TestBrand

before(async () => {
  server = await testServer()
  brand = await testBrand(server)
})
after(() => server.close())

const event = (eventId: string, columns: Record<string, Date>) => {
  const { db } = server.deps
  const row = { account_id: brand.accountId, event_id: eventId, type: 'invite.sent', data: db.json({}), ...columns }
  return db`insert into webhook_events ${db(row)}`
}
const delivery = (endpointId: string, eventId: string, dueAt: Date) =>
  server.deps.db`
    insert into webhook_deliveries (account_id, endpoint_id, number, event_id, event_at, next_try_at)
    values (${brand.accountId}, ${endpointId}, 1, ${eventId}, ${dueAt}, ${dueAt})`
const endpoint = (endpointId: string, disabledFor: 'gone' | null) =>
  server.deps.db`
    insert into webhook_endpoints (account_id, endpoint_id, title, url, secret, state, disabled_for)
    values (${brand.accountId}, ${endpointId}, 'CRM', 'https://hooks.example.com', '\\x00',
      ${disabledFor === null ? 'on' : 'disabled'}, ${disabledFor})`

/** A call with its invite, its message and the attempt of that message, as the server stores them. */
async function invite(kind: 'invite' | 'auto' = 'invite') {
  const { db } = server.deps
  const { accountId } = brand
  const callId = randomUUID()
  const skillId = brand.skills.support
  await db`
    insert into calls (account_id, call_id, attempted_at, credential_id, consumer_phone, handoff_id, skill_id, available_channels)
    values (${accountId}, ${callId}, now(), 'key', ${address}, ${brand.handoffId}, ${skillId}, '{sms}')`
  const sent = await outgoing(callId, kind)
  await db`
    insert into invites (account_id, call_id, state, consumer_phone, skill_id, channels_left, message_id, handoff_id,
      lookback_minutes, route_all_within_lookback, expires_at)
    values (${accountId}, ${callId}, 'sending', ${address}, ${skillId}, '{}', ${sent.messageId}, ${brand.handoffId}, 60, false,
      now() + interval '10 minutes')`
  return { callId, ...sent }
}

const outgoing = (callId: string, kind: 'invite' | 'auto' = 'invite') =>
  server.deps.db.begin((tx) =>
    createOutgoing(tx, brand.accountId, {
      ...{ conversationId: null, callId, senderId: brand.smsSender.senderId, channel: 'sms', address, kind },
      ...{ body: 'Reply to go on.', expiresAt: null },
    }),
  )
const set = (attemptId: string, columns: Record<string, string | Date | null>) =>
  server.deps.db`update attempts set ${server.deps.db(columns)} where attempt_id = ${attemptId}`
const ago = (seconds: number) => new Date(Date.now() - seconds * 1000)
const found = async () => new Map((await doctor(server.deps.db)).map((finding) => [finding.finding, finding]))

const webhooks = ['webhook_deliveries', 'webhook_events', 'webhook_endpoints']
async function clear() {
  const { db } = server.deps
  for (const table of [
    'attempts',
    'messages',
    'invites',
    'calls',
    'opt_out_history',
    ...reportSums,
    ...webhooks,
    'erasures',
    'exports',
    'export_schedules',
  ])
    await db`delete from ${db(table)}`
}

test('an invite on its way is nothing to report, nor is one that went out', async () => {
  const { attemptId, messageId, callId } = await invite()
  assert.deepEqual([...(await found()).keys()], [])
  await set(attemptId, { state: 'claimed', claimed_at: ago(1), lease_until: ago(-19) })
  assert.deepEqual([...(await found()).keys()], [])
  await set(attemptId, { state: 'sent', finished_at: new Date() })
  await server.deps.db`update messages set status = 'sent' where message_id = ${messageId}`
  await server.deps.db`update invites set state = 'sent' where call_id = ${callId}`
  assert.deepEqual([...(await found()).keys()], [])
  await clear()
})

const rows: [FindingName, (made: Awaited<ReturnType<typeof invite>>) => Promise<unknown>][] = [
  ['invite-without-attempt', ({ attemptId }) => set(attemptId, { state: 'rejected' })],
  [
    'unknown-without-attempt',
    async ({ attemptId, callId }) => {
      await server.deps.db`update invites set state = 'unknown' where call_id = ${callId}`
      await set(attemptId, { state: 'rejected' })
    },
  ],
  ['attempts-at-once', ({ callId }) => outgoing(callId)],
  [
    'message-without-attempt',
    async ({ attemptId, callId }) => {
      await server.deps.db`delete from attempts where attempt_id = ${attemptId}`
      await server.deps.db`delete from invites where call_id = ${callId}`
    },
  ],
  ['waits-too-long', ({ attemptId }) => set(attemptId, { next_try_at: ago(90) })],
  [
    'sent-twice',
    async ({ attemptId, callId }) => {
      const second = await outgoing(callId)
      for (const id of [attemptId, second.attemptId]) await set(id, { state: 'sent' })
      await server.deps.db`update messages set status = 'delivered' where call_id = ${callId}`
      await server.deps.db`update invites set state = 'sent' where call_id = ${callId}`
    },
  ],
  [
    'message-with-attempts',
    async ({ attemptId, callId }) => {
      await server.deps.db`
        insert into attempts (account_id, attempt_id, message_id, sender_id, address, state, token)
        select account_id, gen_random_uuid(), message_id, sender_id, address, 'sent', 'another' from attempts
        where attempt_id = ${attemptId}`
      await server.deps.db`update invites set state = 'sent' where call_id = ${callId}`
    },
  ],
  [
    'claimed-past-lease',
    ({ attemptId }) => set(attemptId, { state: 'claimed', claimed_at: ago(100), lease_until: ago(80) }),
  ],
  [
    'unknown-too-long',
    async ({ attemptId, callId }) => {
      await server.deps.db`update invites set state = 'unknown' where call_id = ${callId}`
      await set(attemptId, { state: 'unknown', unknown_since: ago(3600) })
    },
  ],
  [
    'unknown-now',
    async ({ attemptId, callId }) => {
      await server.deps.db`update invites set state = 'unknown' where call_id = ${callId}`
      await set(attemptId, { state: 'unknown', unknown_since: ago(20) })
    },
  ],
  [
    'sums-differ',
    async () => {
      await sumUpCalls(server.deps.db, { settled: false })
      await server.deps.db`update report_hours set sent = sent + 1`
      await server.deps.db`update report_days set sent = sent + 1`
      await server.deps.db`update report_day_totals set sent = sent + 1`
    },
  ],
  [
    'day-sums-differ',
    async () => {
      await sumUpCalls(server.deps.db, { settled: false })
      await server.deps.db`update report_days set csat_sum = csat_sum - 1`
      await server.deps.db`update report_day_totals set csat_sum = csat_sum - 1`
    },
  ],
  [
    'day-totals-differ',
    async () => {
      await sumUpCalls(server.deps.db, { settled: false })
      await server.deps.db`update report_day_totals set read = read + 1`
    },
  ],
  [
    'day-errors-differ',
    async () => {
      await sumUpCalls(server.deps.db, { settled: false })
      await server.deps.db`
        insert into report_day_errors (account_id, day, channel, skill_id, handoff_id, error, calls)
        select account_id, day, channel, skill_id, handoff_id, row(null, 'c2m', '1001', null)::report_error, 1 from report_day_totals`
    },
  ],
  [
    'call-not-listed',
    async () => {
      await sumUpCalls(server.deps.db, { settled: false })
      await server.deps.db`delete from calls_by_time`
    },
  ],
  [
    'call-counts-differ',
    async () => {
      await sumUpCalls(server.deps.db, { settled: false })
      await server.deps.db`update call_counts set calls = calls + 1 where unit = 'day'`
    },
  ],
  [
    'repeats-differ',
    async () => {
      await calledAgain()
      await server.deps.db`update report_repeats set replied = replied + 1`
    },
  ],
  [
    'consumer-not-known',
    async () => {
      await calledAgain()
      await server.deps.db`update calls_by_time set next_days = 3 where next_days is not null`
    },
  ],
  ['event-not-given', ({ callId }) => event(callId, { at: ago(660) })],
  ['delivery-without-event', ({ callId }) => delivery(randomUUID(), callId, ago(1))],
  [
    'delivery-overdue',
    async ({ callId, messageId }) => {
      await event(messageId, { given_at: ago(700) })
      await endpoint(callId, null)
      await delivery(callId, messageId, ago(660))
    },
  ],
  ['webhook-disabled', ({ callId }) => endpoint(callId, 'gone')],
  ['schedule-fails', ({ callId }) => scheduled(callId, ['done', 'failed'])],
  [
    'erasure-waits',
    ({ callId }) => server.deps.db`
      insert into erasures (account_id, erasure_id, requested_at, requested_by, hashes)
      values (${brand.accountId}, ${callId}, ${ago(130)}, 'user', '{}')`,
  ],
  [
    'gave-up',
    async ({ attemptId, callId }) => {
      await server.deps.db`update invites set state = 'unknown' where call_id = ${callId}`
      await set(attemptId, { state: 'gave-up', finished_at: ago(20) })
    },
  ],
  [
    'sent-after-opt-out',
    async ({ attemptId, callId }) => {
      await word(false, 60)
      await set(attemptId, { state: 'sent', claimed_at: ago(30) })
      await server.deps.db`update invites set state = 'sent' where call_id = ${callId}`
    },
  ],
  [
    'costs-differ',
    ({ messageId }) => server.deps.db`
      update messages set cost_micros = 7900, cost_currency = 'USD', cost_source = 'provider' where message_id = ${messageId}`,
  ],
]

/** The consumer of the call that was made calls once more, two days later; both are summed up. */
async function calledAgain() {
  const { db } = server.deps
  await db`
    insert into calls (account_id, call_id, attempted_at, credential_id, consumer_phone, handoff_id, skill_id, available_channels)
    select account_id, gen_random_uuid(), attempted_at + interval '2 days', credential_id, consumer_phone, handoff_id, skill_id, '{}'
    from calls`
  await sumUpCalls(db, { settled: false })
}

/** A daily export whose files ended so, the newest last. */
async function scheduled(scheduleId: string, states: readonly string[]) {
  const { db } = server.deps
  const { accountId } = brand
  await db`
    insert into export_schedules (account_id, schedule_id, title, kind, format, query, masked, every, hour, time_zone, destination,
      next_run_at)
    values (${accountId}, ${scheduleId}, 'nightly', 'opt-outs', 'csv', '{}', true, 'day', 3, 'UTC', '{}', now())`
  for (const [day, state] of states.entries())
    await db`
      insert into exports (account_id, export_id, kind, format, query, until, masked, state, asked_by, finished_at, schedule_id)
      values (${accountId}, ${randomUUID()}, 'opt-outs', 'csv', '{}', ${ago(86_400 * (states.length - day))}, true, ${state},
        'system', now(), ${scheduleId})`
}

const word = (resumed: boolean, secondsAgo: number) =>
  server.deps.db`
    insert into opt_out_history (account_id, entry_id, at, address, channel, resumed, source)
    values (${brand.accountId}, gen_random_uuid(), ${ago(secondsAgo)}, ${address}, '*', ${resumed}, 'keyword')`

for (const [name, spoil] of rows) {
  test(`${name}: ${findings[name].sentence}`, async () => {
    const made = await invite()
    await spoil(made)
    const all = await found()
    assert.deepEqual([...all.keys()], [name])
    const finding = all.get(name)!
    assert.equal(finding.total, 1)
    assert.equal(finding.examples[0]!.accountId, brand.accountId)
    const subject = finding.examples[0]!.subject
    assert.ok(
      Object.values(made).includes(subject) || /^(day )?20[0-9-]{8}/.test(subject) || name === 'message-with-attempts',
    )
    assert.ok(!JSON.stringify(finding).includes(address))
    await clear()
  })
}

test('every finding is caused above', () => {
  assert.deepEqual(rows.map(([name]) => name).sort(), Object.keys(findings).sort())
})

test('a schedule whose newest file is whole is well, whatever became of those before', async () => {
  await scheduled(randomUUID(), ['failed', 'done'])
  assert.deepEqual([...(await found()).keys()], [])
  await clear()
})

test('after a START, before a STOP, and the answer to a STOP are allowed', async () => {
  const cases: [number, boolean, number, 'invite' | 'auto'][] = [
    [60, true, 30, 'invite'],
    [30, false, 60, 'invite'],
    [60, false, 30, 'auto'],
  ]
  for (const [wordAt, resumed, claimedAt, kind] of cases) {
    const { attemptId, callId } = await invite(kind)
    await word(false, 120)
    if (claimedAt === 60) await word(true, 90)
    await word(resumed, wordAt)
    await set(attemptId, { state: 'sent', claimed_at: ago(claimedAt) })
    await server.deps.db`update invites set state = 'sent' where call_id = ${callId}`
    assert.deepEqual([...(await found()).keys()], [])
    await clear()
  }
})

test('many of a kind are counted and the newest twenty are named', async () => {
  for (let made = 0; made < 22; made += 1) await set((await invite()).attemptId, { next_try_at: ago(90 + made) })
  const finding = (await found()).get('waits-too-long')!
  assert.deepEqual([finding.total, finding.examples.length], [22, 20])
  await clear()
})
