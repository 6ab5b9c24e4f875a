import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, test } from 'node:test'
import fc from 'fast-check'
import { type TestBrand, testBrand, testHandoff } from '../../test/test-brand.ts'
import { type TestServer, testServer } from '../../test/test-server.ts'
import { type ReportedStatus, reportMeasures } from '../domain/report.ts'
import { sumUpCalls } from '../store/report-sums.ts'
import { type AnalyticsRow, analytics } from './analytics.ts'
import { doctor } from './doctor.ts'
import { type ReportPlace, transactionsAfter, transactionsAt } from './transactions.ts'

/*
 * Random journeys: calls of three days that are reached, refused, sent, delivered, answered, closed and deleted in any
 * order, with the job that sums up running in between. Every figure must be what a slow and obvious look at the calls says.
 */
let server: TestServer
let brand: TestBrand
let otherHandoff: string
const start = Date.UTC(2026, 2, 28)
const minuteMs = 60_000
const spanMinutes = 3 * 24 * 60

before(async () => {
  server = await testServer()
  brand = await testBrand(server)
  otherHandoff = await testHandoff(server, brand.accountId, [])
})
after(() => server.close())

/** What a call row holds that a report may look at. */
interface CallRow {
  readonly call_id: string
  readonly attempted_at: Date
  readonly handoff_id: string
  readonly skill_id: string
  readonly routed_skill_id: string | null
  readonly channel: string | null
  readonly available_channels: readonly string[]
  readonly reasons: readonly { readonly channel: string; readonly code: string }[] | null
  readonly sent_at: Date | null
  readonly delivered_at: Date | null
  readonly read_at: Date | null
  readonly failed_at: Date | null
  readonly skipped_at: Date | null
  readonly replied_at: Date | null
  readonly conversation_closed_at: Date | null
  readonly csat: number | null
  readonly error_source: string | null
  readonly error_code: string | null
}

type Word =
  | {
      readonly kind: 'call'
      readonly minute: number
      readonly eligible: boolean
      readonly code: string
      readonly sales: boolean
      readonly other: boolean
    }
  | { readonly kind: 'change'; readonly which: number; readonly change: keyof typeof changes; readonly minute: number }
  | { readonly kind: 'delete'; readonly which: number }
  | { readonly kind: 'sum' }

/** Columns as the deeds of the server set them. */
const changes = {
  send: (at: Date) => ({ invited_at: at, sent_at: at, channel: 'sms', failed_at: null, skipped_at: null, ...noError }),
  sendOnWhatsApp: (at: Date) => ({ invited_at: at, sent_at: at, channel: 'wa', failed_at: null, ...noError }),
  route: () => ({ routed_skill_id: brand.skills.billing }),
  deliver: (at: Date) => ({ delivered_at: at, failed_at: null, ...noError }),
  read: (at: Date) => ({ delivered_at: at, read_at: at, failed_at: null, ...noError }),
  fail: (at: Date) => ({ failed_at: at, error_source: 'provider', error_code: '30006' }),
  refuse: (at: Date) => ({ failed_at: at, error_source: 'c2m', error_code: '1400' }),
  skip: (at: Date) => ({ skipped_at: at, failed_at: null, error_source: 'provider', error_code: '21610' }),
  reply: (at: Date) => ({ replied_at: at }),
  stop: (at: Date) => ({ opted_out_at: at }),
  close: (at: Date) => ({ replied_at: at, conversation_taken_at: at, conversation_closed_at: at }),
  score: (at: Date) => ({ csat: (at.getTime() % 5) + 1 }),
}
const noError = { error_source: null, error_code: null }

const minute = fc.integer({ min: 0, max: spanMinutes - 1 })
const word: fc.Arbitrary<Word> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('call' as const),
      minute,
      eligible: fc.boolean(),
      code: fc.constantFrom('landline', 'open_conversation', 'opted_out'),
      sales: fc.boolean(),
      other: fc.boolean(),
    }),
  },
  {
    weight: 12,
    arbitrary: fc.record({
      kind: fc.constant('change' as const),
      which: fc.nat(),
      change: fc.constantFrom(...(Object.keys(changes) as (keyof typeof changes)[])),
      minute,
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('delete' as const), which: fc.nat() }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('sum' as const) }) },
)
const question = fc.record({
  from: minute,
  length: fc.oneof(fc.integer({ min: 0, max: 90 }), fc.integer({ min: 0, max: spanMinutes })),
  channels: fc.option(fc.constantFrom<string[]>(['sms'], ['wa'], ['sms', 'wa'])),
  skills: fc.option(fc.constantFrom<string[]>(['support'], ['sales', 'billing'])),
  byHandoff: fc.boolean(),
  statuses: fc.option(fc.constantFrom<ReportedStatus[]>(['FAILED', 'SKIPPED'], ['SENT'], ['RESPONDED', 'DELIVERED'])),
  offset: fc.integer({ min: 0, max: 12 }),
})

async function play(words: readonly Word[]): Promise<void> {
  const { db } = server.deps
  for (const table of ['calls', 'report_changes', 'report_hours', 'report_days', 'calls_by_time'])
    await db`delete from ${db(table)}`
  const made: string[] = []
  for (const one of words) {
    const callId = one.kind === 'change' || one.kind === 'delete' ? made[one.which % made.length] : undefined
    if (one.kind === 'sum') await sumUpCalls(db)
    else if (one.kind === 'call') {
      made.push(randomUUID())
      await db`insert into calls ${db({
        ...{
          account_id: brand.accountId,
          call_id: made.at(-1)!,
          attempted_at: new Date(start + one.minute * minuteMs),
        },
        ...{
          credential_id: 'key',
          consumer_phone: '+12065550100',
          handoff_id: one.other ? otherHandoff : brand.handoffId,
        },
        ...{
          skill_id: one.sales ? brand.skills.sales : brand.skills.support,
          available_channels: one.eligible ? ['sms', 'wa'] : [],
        },
        reasons: one.eligible
          ? null
          : db.json([
              { channel: 'wa', code: 'lookup_slow' },
              { channel: 'wa', code: one.code },
            ]),
      })}`
    } else if (callId === undefined) continue
    else if (one.kind === 'delete') await db`delete from calls where call_id = ${callId}`
    else
      await db`update calls set ${db(changes[one.change](new Date(start + one.minute * minuteMs)) as never)} where call_id = ${callId}`
  }
}

function statusOf(call: CallRow): ReportedStatus | null {
  if (call.replied_at) return 'RESPONDED'
  if (call.read_at) return 'READ'
  if (call.delivered_at) return 'DELIVERED'
  if (call.skipped_at) return 'SKIPPED'
  if (call.failed_at) return 'FAILED'
  if (call.sent_at) return 'SENT'
  if (call.available_channels.length > 0) return null
  return call.reasons!.some(({ code }) => code === 'opted_out') ? 'SKIPPED' : 'FAILED'
}

function errorOf(call: CallRow): string | null {
  const status = statusOf(call)
  if (status !== 'FAILED' && status !== 'SKIPPED' && status !== null) return null
  if (call.error_code !== null) {
    if (call.error_source === 'c2m') return `c2m_${call.error_code}`
    const gateway = channelOf(call) === 'wa' ? 'wa' : 'twilio'
    return `${call.sent_at !== null && status !== null ? '' : 'outbound_'}${gateway}_${call.error_code}`
  }
  if (status !== 'FAILED' || call.available_channels.length > 0) return null
  return call.reasons!.some(({ code }) => code === 'open_conversation') ? 'c2m_1400' : 'c2m_1001'
}
const channelOf = (call: CallRow) => call.channel ?? call.available_channels[0] ?? call.reasons![0]!.channel
const skillOf = (call: CallRow) => {
  const skillId = call.routed_skill_id ?? call.skill_id
  return Object.entries(brand.skills).find(([, id]) => id === skillId)![0]
}

function slowly(calls: readonly CallRow[], byHandoff: boolean): AnalyticsRow[] {
  const keyOf = (call: CallRow) =>
    [
      call.attempted_at.toISOString().slice(0, 10),
      channelOf(call),
      skillOf(call),
      byHandoff ? call.handoff_id : '',
    ].join('/')
  return [...Map.groupBy(calls, keyOf)].map(([key, group]) => {
    const [day, channel, skill, handoffId] = key.split('/') as [string, 'sms' | 'wa', string, string]
    const many = (holds: (call: CallRow) => unknown) => group.filter((call) => Boolean(holds(call))).length
    const scores = group.flatMap(({ csat }) => csat ?? [])
    const errors: Record<string, number> = {}
    for (const call of group) {
      const error = errorOf(call)
      if (error !== null) errors[error] = (errors[error] ?? 0) + 1
    }
    return {
      ...{ day, channel, skill, handoffId: handoffId === '' ? null : handoffId },
      attempted: group.length,
      eligible: many((call) => call.available_channels.length > 0),
      skipped: many((call) => statusOf(call) === 'SKIPPED'),
      sent: many((call) => call.sent_at),
      failed: many((call) => call.sent_at === null || statusOf(call) === 'FAILED'),
      delivered: many((call) => call.delivered_at),
      read: many((call) => call.read_at),
      replied: many((call) => call.replied_at),
      closed: many((call) => call.conversation_closed_at),
      csat: scores.length === 0 ? null : scores.reduce((sum, score) => sum + score, 0) / scores.length,
      errors,
    }
  })
}

const sorted = (rows: readonly AnalyticsRow[]) =>
  rows.toSorted((a, b) =>
    JSON.stringify([a.day, a.channel, a.skill, a.handoffId]).localeCompare(
      JSON.stringify([b.day, b.channel, b.skill, b.handoffId]),
    ),
  )

test('whatever happens to calls, reports say what the calls say, and the doctor finds nothing', async () => {
  const { db } = server.deps
  await fc.assert(
    fc.asyncProperty(
      fc.array(word, { minLength: 5, maxLength: 60 }),
      fc.array(question, { minLength: 3, maxLength: 3 }),
      async (words, questions) => {
        await play(words)
        assert.deepEqual(await doctor(db), [])
        const all = await db<
          CallRow[]
        >`select * from calls where account_id = ${brand.accountId} order by attempted_at, call_id`
        for (const { from, length, channels, skills, byHandoff, statuses, offset } of questions) {
          const window = {
            from: new Date(start + from * minuteMs),
            until: new Date(start + (from + length) * minuteMs),
          }
          const asked = { accountId: brand.accountId, ...window, channels, skills }
          const among = all.filter(
            (call) =>
              call.attempted_at >= window.from &&
              call.attempted_at < window.until &&
              (channels === null || channels.includes(channelOf(call))) &&
              (skills === null || skills.includes(skillOf(call))),
          )
          assert.deepEqual(
            sorted(await analytics(db, { ...asked, handoffIds: null, byHandoff })),
            sorted(slowly(among, byHandoff)),
          )
          const wanted = among.filter((call) => statuses === null || statuses.includes(statusOf(call)!))
          const page = await transactionsAt(db, { ...asked, statuses }, offset, 5)
          assert.equal(page.total, wanted.length)
          assert.deepEqual(
            page.transactions.map(({ callId, status, error }) => [
              callId,
              status,
              error === null ? null : `${error.source}_${error.code}`,
            ]),
            wanted.slice(offset, offset + 5).map((call) => [call.call_id, statusOf(call), errorOf(call)]),
          )
        }
      },
    ),
    { numRuns: 15 },
  )
})

test('a page is the same by offset and from page to page, at any depth, filtered or not', async () => {
  const { db } = server.deps
  await play([])
  const minutes = Array.from({ length: 1_300 }, (_, place) => (place * 7_919) % (2 * 24 * 60))
  await db`
    insert into calls (account_id, call_id, attempted_at, credential_id, consumer_phone, handoff_id, skill_id, available_channels, sent_at)
    select ${brand.accountId}, gen_random_uuid(), ${new Date(start)}::timestamptz + minute * interval '1 minute', 'key', '+12065550100',
      ${brand.handoffId}, ${brand.skills.sales}, '{sms}', case when minute % 3 = 0 then now() end
    from unnest(${minutes}::int[]) minute`
  await sumUpCalls(db)
  await db`update calls set sent_at = null where extract(minute from attempted_at) = 30`
  const all = await db<CallRow[]>`select * from calls order by attempted_at, call_id`
  const asked = { accountId: brand.accountId, from: new Date(start), until: new Date(start + spanMinutes * minuteMs) }
  for (const statuses of [null, ['SENT'] as const]) {
    const query = { ...asked, channels: null, skills: null, statuses }
    const wanted = all.filter((call) => statuses === null || statusOf(call) === 'SENT').map((call) => call.call_id)
    for (const offset of [0, 399, 501, 777, wanted.length - 3]) {
      const page = await transactionsAt(db, query, offset, 40)
      assert.equal(page.total, wanted.length)
      assert.deepEqual(
        page.transactions.map(({ callId }) => callId),
        wanted.slice(offset, offset + 40),
        `offset ${offset}`,
      )
    }
    const seen: string[] = []
    let after: ReportPlace | null = null
    do {
      const page: Awaited<ReturnType<typeof transactionsAfter>> = await transactionsAfter(db, query, after, 150)
      seen.push(...page.transactions.map(({ callId }) => callId))
      after = page.next
    } while (after !== null)
    assert.deepEqual(seen, wanted)
  }
})

test('summed up or not, the sums of every measure are those of the calls', async () => {
  const { db } = server.deps
  const [words] = fc.sample(fc.array(word, { minLength: 150, maxLength: 150 }), 1) as [Word[]]
  await play(words)
  const said = async () => {
    const columns = reportMeasures.map((name) => `coalesce(sum(${name}), 0)::float8 as ${name}`).join(', ')
    const [[hours], [days], [calls]] = await Promise.all([
      db.unsafe(`select ${columns} from report_hours`),
      db.unsafe(`select ${columns} from report_days`),
      db.unsafe(`select ${columns} from calls c cross join lateral report_count_of(c)`),
    ])
    return { hours, days, calls }
  }
  while (await sumUpCalls(db)) {
    // The next batch.
  }
  const { hours, days, calls } = await said()
  assert.deepEqual(hours, calls)
  assert.deepEqual(days, calls)
  assert.equal((await db`select 1 from report_changes`).length, 0)
  assert.equal((await db`select 1 from report_hours where attempted = 0`).length, 0)
})
