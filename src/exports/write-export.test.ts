import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects } from 'hyparquet'
import { type TestBrand, testBrand } from '../../test/test-brand.ts'
import { type TestServer, testServer } from '../../test/test-server.ts'
import type { ExportFormat, ExportTask } from '../domain/export.ts'
import { sumUpCalls } from '../store/report-sums.ts'
import { uuidV7 } from '../store/uuid-v7.ts'
import { type Written, writeExport } from './write-export.ts'
import { writeInThread } from './write-in-thread.ts'

let server: TestServer
let folder: string
before(async () => {
  server = await testServer()
  folder = await mkdtemp(join(tmpdir(), 'c2m-exports-'))
})
after(async () => {
  await server.close()
  await rm(folder, { recursive: true, force: true })
})

const since = new Date('2026-11-01T00:00:00Z')
const until = new Date('2026-11-02T00:00:00Z')
const limits = { mostBytes: 1e9, mostRows: null }
let files = 0
const fresh = () => {
  files += 1
  return join(folder, `file-${files}`)
}
const taskOf = (brand: TestBrand, format: ExportFormat, more: Partial<ExportTask> = {}): ExportTask => ({
  ...{ accountId: brand.accountId, kind: 'transactions', format, query: {}, span: { since, until }, masked: false },
  ...more,
})

/** Calls of the first of November, a second apart, as eligibility and sending leave them. */
async function insertCalls(brand: TestBrand, calls: readonly Record<string, unknown>[]): Promise<readonly string[]> {
  const rows = calls.map((call, n) => {
    const attemptedAt = new Date(since.getTime() + n * 1_000)
    return {
      ...{
        account_id: brand.accountId,
        call_id: uuidV7(attemptedAt),
        attempted_at: attemptedAt,
        credential_id: 'test',
      },
      ...{ consumer_phone: `+1206555${String(n).padStart(4, '0')}`, handoff_id: brand.handoffId },
      ...{
        skill_id: brand.skills.support,
        available_channels: ['sms'],
        first_message: null,
        variant: null,
        csat: null,
      },
      ...{ channel: null, sender_id: null, invited_at: null, sent_at: null },
      ...{ consumer_id: null, ivr_number: null, reasons: null, override_message: null, ...call },
    }
  })
  await server.deps.db`insert into calls ${server.deps.db(rows as never)}`
  return rows.map(({ call_id: callId }) => callId)
}

const write = async (task: ExportTask): Promise<{ path: string; written: Written; looks: Written[] }> => {
  const path = fresh()
  const looks: Written[] = []
  const written = await writeExport(server.deps.db, task, path, limits, async (look) => void looks.push(look))
  return { path, written, looks }
}

const readParquet = async (path: string) => {
  const file = await asyncBufferFromFile(path)
  return { rows: await parquetReadObjects({ file }), metadata: await parquetMetadataAsync(file) }
}

/** A CSV in which every cell is quoted, read by its quotes. */
const readCsv = (text: string): Record<string, string>[] => {
  const [head = [], ...rows] = text
    .split('\r\n')
    .filter((line) => line !== '')
    .map((line) => [...line.matchAll(/"((?:[^"]|"")*)"/g)].map((cell) => cell[1]!.replaceAll('""', '"')))
  return rows.map((row) => Object.fromEntries(row.map((cell, place) => [head[place]!, cell])))
}

test('the three formats tell the same of each call, and no cell of a CSV is a formula', async () => {
  const brand = await testBrand(server)
  const formula = '=HYPERLINK("https://evil.example","x"), y'
  const sent = new Date(since.getTime() + 5_000)
  const callIds = await insertCalls(brand, [
    {
      first_message: formula,
      channel: 'sms',
      sender_id: brand.smsSender.senderId,
      invited_at: sent,
      sent_at: sent,
      csat: 4,
    },
    { first_message: 'Grüße, "quoted"\nsecond line', variant: '@b' },
    {},
  ])
  const [csv, ndjson, parquet] = await Promise.all(
    (['csv', 'ndjson', 'parquet'] as const).map((format) => write(taskOf(brand, format))),
  )
  for (const { written, path } of [csv!, ndjson!, parquet!]) {
    assert.deepEqual([written.rows, written.lookedAt, written.about], [3, 3, 3])
    const { size, mode } = await stat(path)
    assert.deepEqual([size, mode & 0o777], [written.bytes, 0o600])
  }
  const told = (await readFile(ndjson!.path, 'utf8'))
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  assert.deepEqual(
    told.map((row) => row.call_id),
    callIds,
  )
  const [first, second, third] = told
  assert.deepEqual(
    [first.consumer, first.skill, first.channel, first.status, first.csat, first.sent_at, first.country, first.reached],
    ['+12065550000', 'support', 'sms', 'SENT', 4, sent.toISOString(), 'US', 'sent'],
  )
  assert.deepEqual(
    [first.first_message, second.variant, third.sent_at, third.loss_reason],
    [formula, '@b', null, 'not_invited'],
  )

  const cells = readCsv((await readFile(csv!.path, 'utf8')).replace('\nsecond', ' second'))
  assert.deepEqual(Object.keys(cells[0]!), Object.keys(first))
  assert.deepEqual(
    [
      cells[0]!.first_message,
      cells[0]!.consumer,
      cells[1]!.variant,
      cells[0]!.sent_at,
      cells[2]!.sent_at,
      cells[2]!.eligible,
    ],
    [`'${formula}`, '+12065550000', `'@b`, sent.toISOString(), '', 'true'],
  )

  const columns = await readParquet(parquet!.path)
  assert.deepEqual(JSON.parse(JSON.stringify(columns.rows)), told)
  assert.ok(columns.rows[0]!.sent_at instanceof Date)
})

test('filters, a span and masked numbers: only what was asked for is told', async () => {
  const brand = await testBrand(server)
  await insertCalls(brand, [
    { channel: 'wa', consumer_phone: '+12065557001', consumer_id: 'somebody-of-the-app' },
    { skill_id: brand.skills.sales, consumer_phone: '+12065557002', consumer_id: null },
    { available_channels: [], reasons: server.deps.db.json([{ channel: 'sms', code: 'landline' }]), consumer_id: null },
  ])
  const other = await testBrand(server)
  await insertCalls(other, [{ channel: 'wa', consumer_id: null }])
  const rowsOf = async (more: Partial<ExportTask>) => {
    const { path } = await write(taskOf(brand, 'ndjson', more))
    const text = await readFile(path, 'utf8')
    return text
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line))
  }
  const phones = async (more: Partial<ExportTask>) => (await rowsOf(more)).map(({ consumer }) => consumer.slice(-4))
  assert.deepEqual(await phones({ query: { filters: { channels: ['wa'] } } }), ['7001'])
  assert.deepEqual(await phones({ query: { filters: { skills: [brand.skills.sales] } } }), ['7002'])
  assert.deepEqual(await phones({ query: { filters: { channels: [], senders: [null], reasons: ['landline'] } } }), [
    '0002',
  ])
  assert.deepEqual(
    await phones({ span: { since: new Date(since.getTime() + 1_000), until: new Date(since.getTime() + 2_000) } }),
    ['7002'],
  )
  const [hidden] = await rowsOf({ masked: true })
  assert.deepEqual([hidden.consumer, hidden.consumer_id], ['••••7001', '••••-app'])
})

test('a report and the words of opting out are told as tables', async () => {
  const brand = await testBrand(server)
  await insertCalls(brand, [{ ivr_number: '+18005550100' }, { ivr_number: '+18005550100' }, { ivr_number: null }])
  const query = { groupBy: ['ivrNumber', 'skill'] as const, timeZone: 'Europe/London' }
  const { path } = await write(taskOf(brand, 'parquet', { kind: 'report', query }))
  const { rows } = await readParquet(path)
  assert.deepEqual(
    rows.map((row) => [row.ivr_number, row.skill, row.skill_id, row.attempted, row.csat_average]),
    [
      ['+18005550100', 'support', brand.skills.support, 2, null],
      [null, 'support', brand.skills.support, 1, null],
    ],
  )
  await server.deps.db`
    insert into opt_out_history (account_id, entry_id, at, address, channel, resumed, source, evidence)
    values (${brand.accountId}, gen_random_uuid(), ${new Date(since.getTime() + 5)}, '+12065557003', 'sms', false, 'keyword', '=STOP()'),
      (${brand.accountId}, gen_random_uuid(), ${until}, '+12065557003', 'sms', true, 'keyword', 'START')`
  const optOuts = await write(taskOf(brand, 'csv', { kind: 'opt-outs' }))
  const [word, ...others] = readCsv(await readFile(optOuts.path, 'utf8'))
  assert.deepEqual([word!.consumer, word!.opted, word!.evidence, others.length], ['+12065557003', 'out', `'=STOP()`, 0])
})

test('every call is told once, however often the sums come to some of them meanwhile', async () => {
  const brand = await testBrand(server)
  const callIds = await insertCalls(
    brand,
    Array.from({ length: 2_500 }, () => ({})),
  )
  const path = fresh()
  const written = await writeExport(server.deps.db, taskOf(brand, 'ndjson'), path, limits, async () => {
    await sumUpCalls(server.deps.db, { settled: false })
  })
  const told = (await readFile(path, 'utf8')).split('\n').filter(Boolean)
  assert.equal(written.rows, 2_500)
  assert.deepEqual(
    told.map((line) => JSON.parse(line).call_id),
    callIds,
  )
})

test('a file far larger than the thread’s memory is written, in row groups; one beyond its limit is not', {
  timeout: 60_000,
}, async () => {
  const brand = await testBrand(server)
  const { db, databaseTarget: target } = server.deps
  // 28,000 times two texts of 1,600 letters: 90 MB, and the thread may have 80.
  for (let from = 1; from < 28_000; from += 2_000) {
    await db`
      insert into calls (account_id, call_id, attempted_at, credential_id, consumer_phone, handoff_id, skill_id,
        available_channels, first_message, override_message)
      select ${brand.accountId}, overlay(first_id_of(at)::text placing right(gen_random_uuid()::text, 22) from 15)::uuid, at, 'test',
        '+12065557004', ${brand.handoffId}, ${brand.skills.support}, '{sms}', n || repeat('x', 1600), n || repeat('y', 1600)
      from generate_series(${from}::int, ${from + 1_999}::int) n, lateral (select ${since}::timestamptz + n * interval '1 second' as at) t`
  }
  await db`insert into calls_by_time (account_id, attempted_at, call_id)
    select account_id, attempted_at, call_id from calls where account_id = ${brand.accountId}`
  await db`delete from report_changes where account_id = ${brand.accountId}`
  const path = fresh()
  let looks = 0
  const work = { target, task: taskOf(brand, 'parquet'), path, limits }
  const written = await writeInThread(work, AbortSignal.timeout(50_000), () => {
    looks += 1
  })
  assert.deepEqual([written.rows, looks], [28_000, 28])
  const file = await asyncBufferFromFile(path)
  const metadata = await parquetMetadataAsync(file)
  assert.equal(Number(metadata.num_rows), 28_000)
  assert.ok(metadata.row_groups.length > 10)
  const [last] = await parquetReadObjects({ file, rowStart: 27_999, rowEnd: 28_000, columns: ['first_message'] })
  assert.equal(last!.first_message, `28000${'x'.repeat(1_600)}`)

  const small = { ...work, path: fresh(), task: taskOf(brand, 'csv'), limits: { mostBytes: 2_000_000, mostRows: null } }
  await assert.rejects(writeInThread(small, AbortSignal.timeout(50_000)), { name: 'ExportFailed', forGood: true })
})

test('more words of opting out than one look holds, all of one moment: each is told once', async () => {
  const brand = await testBrand(server)
  const words = 2_500
  // The database's own times, a microsecond apart: a thousand of them share a millisecond.
  await server.deps.db`
    insert into opt_out_history (account_id, entry_id, at, address, channel, resumed, source, evidence)
    select ${brand.accountId}, gen_random_uuid(), ${since}::timestamptz + (n + 500) * interval '1 microsecond',
      '+1206555' || lpad(n::text, 4, '0'), 'sms', false, 'keyword', 'STOP'
    from generate_series(1, ${words}) n`
  const { path, written } = await write(taskOf(brand, 'csv', { kind: 'opt-outs' }))
  const told = readCsv(await readFile(path, 'utf8')).map(({ consumer }) => consumer)
  assert.equal(written.rows, words)
  assert.equal(new Set(told).size, words)
})
