import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { childEnvironment } from '../../test/child-environment.ts'
import { type S3Simulator, startS3Simulator } from '../../test/simulators/s3/index.ts'
import { type TestBrand, testBrand } from '../../test/test-brand.ts'
import { testCall } from '../../test/test-call.ts'
import { type TestServer, testServer } from '../../test/test-server.ts'
import { type TestUser, testUser } from '../../test/test-user.ts'
import { readConfig } from '../config.ts'
import { makeDeps } from '../deps.ts'
import type { Destination } from '../domain/export-schedule.ts'
import { deliverToBucket } from '../exports/deliver-to-bucket.ts'
import { forgetInExports } from '../exports/forget-in-exports.ts'
import { atomic } from '../store/db.ts'
import { findExport, listExports, type StoredExport } from '../store/exports.ts'
import { cleanUp } from './clean-up.ts'
import { runExports } from './run-exports.ts'
import { startScheduledExports } from './start-scheduled-exports.ts'

let server: TestServer
let store: S3Simulator
let folder: string
/** What schedules take for now. */
let now = new Date()
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'c2m-export-folder-'))
  const clock = { now: () => now, monotonic: () => performance.now() }
  server = await testServer({ env: { EXPORT_FOLDER: folder, EXPORT_KEPT_HOURS: '24' }, clock })
  store = await startS3Simulator({ now: clock.now })
})
after(async () => {
  await server.close()
  await store.close()
  await rm(folder, { recursive: true, force: true })
})

const going = new AbortController().signal
const run = () => runExports(server.deps, going)
const exportsFolder = () => join(server.deps.config.dataDir, 'exports')
const filesHere = async () => (await readdir(exportsFolder()).catch(() => [])).sort()

async function stage(): Promise<{ brand: TestBrand; boss: TestUser }> {
  // Calls are stored with the database's own time: what is asked for now has them.
  now = new Date(Date.now() + 60_000)
  const brand = await testBrand(server)
  return { brand, boss: await testUser(server, brand.accountId, 'administrator') }
}
async function asked(boss: TestUser, body: object = {}): Promise<string> {
  const answer = await boss.ask('POST', '/api/exports', { kind: 'transactions', format: 'ndjson', ...body })
  assert.equal(answer.status, 202, JSON.stringify(answer.body))
  return answer.body.exportId
}
const known = async (brand: TestBrand, exportId: string) =>
  (await findExport(server.deps.db, brand.accountId, exportId)) as StoredExport
async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 400; tries += 1) {
    if (await holds()) return
    await sleep(25)
  }
  assert.fail(what)
}
/** The next due export of any brand must be this test's own. */
const nothingWaits = async () => {
  await server.deps.db`delete from exports where state in ('waiting', 'running')`
}
const bucketOf = (more: object = {}): Destination => ({
  ...{ to: 'bucket', endpoint: store.endpoint, region: store.keys.region, bucket: store.bucket, prefix: 'c2m/daily' },
  ...{ accessKeyId: store.keys.accessKeyId, addressing: 'path', ...more },
})
async function scheduled(boss: TestUser, more: object = {}): Promise<string> {
  const answer = await boss.ask('POST', '/api/export-schedules', {
    ...{ title: 'Nightly', kind: 'transactions', format: 'ndjson', destination: bucketOf(), timeZone: 'UTC', hour: 3 },
    ...{ secretAccessKey: store.keys.secretAccessKey, ...more },
  })
  assert.equal(answer.status, 201, JSON.stringify(answer.body))
  return answer.body.scheduleId
}

test('one at a time for a brand; what is cancelled while it waits is not made', async () => {
  const { brand, boss } = await stage()
  await testCall(server, brand)
  const [first, second] = [await asked(boss), await asked(boss)]
  await server.deps.db`
    update exports set state = 'running', claimed_by = gen_random_uuid(), lease_until = now() + interval '1 minute', started_at = now()
    where export_id = ${first}`
  assert.equal(await run(), 2, 'nothing to do while another process makes one of the brand')
  assert.equal((await boss.ask('DELETE', `/api/exports/${second}`)).status, 204)
  await server.deps.db`
    update exports set state = 'waiting', claimed_by = null, lease_until = null where export_id = ${first}`
  assert.equal(await run(), 0)
  assert.equal(await run(), 2)
  assert.deepEqual([(await known(brand, first)).state, (await known(brand, second)).state], ['done', 'cancelled'])
})

test('killed with SIGKILL half-way, it is made whole by another process, and the half file is gone', {
  timeout: 60_000,
}, async (t) => {
  await nothingWaits()
  const { brand, boss } = await stage()
  const calls = [await testCall(server, brand), await testCall(server, brand)]
  const { database, deps } = server
  const exportId = await asked(boss)
  const before = await filesHere()
  const child = spawn(
    process.execPath,
    [join(import.meta.dirname, '../../test/export-process.ts'), database.socketDir, database.user, database.name],
    {
      env: { ...childEnvironment, DATA_DIR: deps.config.dataDir, NODE_NO_WARNINGS: '1' },
      stdio: ['pipe', 'pipe', 'inherit'],
    },
  )
  t.after(() => child.kill('SIGKILL'))
  await once(child.stdout, 'data')
  const half = await atomic(deps.db, async (tx) => {
    // Its thread has begun the file, and waits for this table.
    await tx`lock table calls_by_time in access exclusive mode`
    child.stdin.write('go\n')
    const parts = async () => (await filesHere()).filter((name) => !before.includes(name))
    await until('the file is begun', async () => (await parts()).length > 0)
    child.kill('SIGKILL')
    await once(child, 'exit')
    return parts()
  })
  assert.match(half.join(), /^[\w-]{32}\.part$/)
  assert.equal((await known(brand, exportId)).state, 'running')
  assert.equal(await run(), 2, 'its lease is not over yet')
  await deps.db`update exports set lease_until = now() where export_id = ${exportId}`
  assert.equal(await run(), 0)
  const done = await known(brand, exportId)
  assert.deepEqual([done.state, done.tries, done.rows], ['done', 2, 2])
  assert.deepEqual(await filesHere(), [...before, done.fileName!].sort())
  const text = await readFile(join(exportsFolder(), done.fileName!), 'utf8')
  assert.deepEqual(
    text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line).call_id),
    calls.map(({ callId }) => callId),
  )
  assert.equal((await stat(join(exportsFolder(), done.fileName!))).mode & 0o777, 0o600)
})

test('cancelled while it is made, and stopped: nothing half is left, and the stopped one is made later', async () => {
  await nothingWaits()
  const { brand, boss } = await stage()
  await testCall(server, brand)
  const before = await filesHere()
  const heldUp = async (act: (running: Promise<number>, exportId: string) => Promise<unknown>, stopping = going) => {
    const exportId = await asked(boss)
    const running = await atomic(server.deps.db, async (tx) => {
      await tx`lock table calls_by_time in access exclusive mode`
      const started = runExports(server.deps, stopping)
      await until('the file is begun', async () => (await filesHere()).length > before.length)
      await act(started, exportId)
      return started
    })
    return { running, exportId }
  }
  const cancelled = await heldUp(async (running, exportId) => {
    assert.equal((await boss.ask('DELETE', `/api/exports/${exportId}`)).status, 204)
    await running
  })
  assert.equal((await known(brand, cancelled.exportId)).state, 'cancelled')
  assert.deepEqual(await filesHere(), before)

  const stopping = new AbortController()
  const stopped = await heldUp(async (running) => {
    stopping.abort()
    await running
  }, stopping.signal)
  const given = await known(brand, stopped.exportId)
  assert.deepEqual([given.state, given.tries], ['waiting', 0])
  assert.deepEqual(await filesHere(), before)
  await run()
  assert.equal((await known(brand, stopped.exportId)).state, 'done')
})

test('a schedule fills the bucket: one object a period, whatever happens on the way', async () => {
  await nothingWaits()
  const { brand, boss } = await stage()
  const { callId } = await testCall(server, brand, {
    ageHours: (Date.now() - Date.parse('2026-11-22T12:00:00Z')) / 3_600_000,
  })
  now = new Date('2026-11-22T10:00:00Z')
  const scheduleId = await scheduled(boss)
  const object = `c2m/daily/transactions_2026-11-22_${scheduleId.slice(0, 8)}.ndjson`
  now = new Date('2026-11-23T03:00:59Z')
  await startScheduledExports(server.deps)
  assert.equal((await listExports(server.deps.db, brand.accountId, 9)).length, 0, 'a minute for what is under way')
  now = new Date('2026-11-23T03:01:01Z')
  // Two workers find it due at the same moment.
  await Promise.all([startScheduledExports(server.deps), startScheduledExports(server.deps)])
  const [mine] = await listExports(server.deps.db, brand.accountId, 9)
  assert.deepEqual(
    [mine!.since.toISOString(), mine!.until.toISOString()],
    ['2026-11-22T00:00:00.000Z', '2026-11-23T00:00:00.000Z'],
  )

  // Refused, then taken with a lost answer, then taken.
  store.fault({ on: 'put', status: 503, code: 'SlowDown' })
  store.fault({ on: 'put', cut: true })
  const failures: (string | null)[] = []
  for (let tries = 0; tries < 3; tries += 1) {
    await server.deps.db`update exports set next_try_at = now() where export_id = ${mine!.exportId}`
    await run()
    const one = await known(brand, mine!.exportId)
    failures.push(one.failure)
    assert.equal(one.tries, tries + 1)
  }
  assert.match(failures[0]!, /refused the file: 503 SlowDown/)
  assert.match(failures[1]!, /could not be reached/)
  const done = await known(brand, mine!.exportId)
  assert.deepEqual([done.state, done.delivered, failures[2]], ['done', true, null])
  assert.equal(JSON.parse(store.objects.get(object)!.toString()).call_id, callId)
  assert.equal([...store.objects.keys()].filter((key) => key.includes(scheduleId.slice(0, 8))).length, 1)

  // By hand once more: the same object, replaced.
  const again = await boss.ask('POST', `/api/export-schedules/${scheduleId}/run`)
  assert.deepEqual([again.status, again.body.exportId], [202, mine!.exportId])
  await run()
  assert.equal(store.puts.get(object), 3)
  const { body } = await boss.ask('GET', '/api/export-schedules')
  assert.deepEqual([body.schedules[0].last.state, body.schedules[0].nextRunAt], ['done', '2026-11-24T03:00:00.000Z'])
  assert.ok(!JSON.stringify(body).includes(store.keys.secretAccessKey))
  const [row] = await server.deps.db`select * from export_schedules where schedule_id = ${scheduleId}`
  assert.ok(!JSON.stringify(row).includes(store.keys.secretAccessKey))
  await boss.ask('PATCH', `/api/export-schedules/${scheduleId}`, { enabled: false })
})

test('wrong keys, a private network and a missing bucket are told in a sentence', async () => {
  await nothingWaits()
  const { brand, boss } = await stage()
  const failureOf = async (destination: Destination, secretAccessKey: string) => {
    const scheduleId = await scheduled(boss, { destination, secretAccessKey, enabled: false })
    const { body } = await boss.ask('POST', `/api/export-schedules/${scheduleId}/run`)
    await run()
    const { failure } = await known(brand, body.exportId)
    await server.deps.db`delete from exports where export_id = ${body.exportId}`
    return failure
  }
  const { secretAccessKey } = store.keys
  assert.match((await failureOf(bucketOf(), 'another'))!, /403 SignatureDoesNotMatch/)
  assert.match((await failureOf(bucketOf({ bucket: 'elsewhere' }), secretAccessKey))!, /404 NoSuchBucket/)
  assert.match(
    (await failureOf(bucketOf({ region: 'us-east-1' }), secretAccessKey))!,
    /403 AuthorizationHeaderMalformed/,
  )

  for (const [allowed, outcome] of [
    ['', /private network/],
    [store.endpoint, /^delivered$/],
  ] as const) {
    const { deps } = server
    const config = readConfig({ DATA_DIR: deps.config.dataDir, EXPORT_PRIVATE_ORIGINS: allowed })
    const strict = makeDeps({ ...deps, config, connectors: [], secretKey: randomBytes(32) })
    const path = join(folder, 'small')
    await writeFile(path, 'x')
    const bucket = bucketOf() as Extract<Destination, { to: 'bucket' }>
    const way = { bucket, secretAccessKey, http: strict.bucketOutbound([]), now: () => now }
    const told = await deliverToBucket(way, 'small', path, going).then(
      () => 'delivered',
      (error: Error) => error.message,
    )
    assert.match(told, outcome)
  }
})

test('a large file goes in parts; an upload that fails is given up', async () => {
  const path = join(folder, 'large')
  const bytes = Buffer.alloc(18 * 1024 * 1024, 'abcdefghij')
  await writeFile(path, bytes)
  const bucket = bucketOf({ prefix: '' }) as Extract<Destination, { to: 'bucket' }>
  const way = {
    bucket,
    secretAccessKey: store.keys.secretAccessKey,
    http: server.deps.bucketOutbound([]),
    now: () => now,
  }
  const largest = store.largest
  await deliverToBucket(way, 'large.parquet', path, going)
  assert.ok(store.objects.get('large.parquet')!.equals(bytes))
  assert.ok(store.largest <= Math.max(largest, 8 * 1024 * 1024))
  for (const fault of [
    { on: 'part', status: 500, code: 'InternalError' },
    { on: 'part', cut: true },
    { on: 'complete', lateCode: 'SlowDown' },
  ] as const) {
    store.fault(fault)
    await assert.rejects(deliverToBucket(way, 'never', path, going), { name: 'ExportFailed', forGood: false })
  }
  assert.deepEqual([store.objects.has('never'), store.openUploads.size], [false, 0])
})

test('a folder gets whole files of its brand alone, and nothing leads out of it', async () => {
  await nothingWaits()
  const { brand, boss } = await stage()
  const refused = await boss.ask('POST', '/api/export-schedules', {
    ...{ title: 'Out', kind: 'opt-outs', format: 'csv', destination: { to: 'folder', folder: '../../etc' } },
  })
  assert.equal(refused.status, 400)
  now = new Date('2026-11-23T12:00:00Z')
  const destination = { to: 'folder', folder: 'bi/words' }
  const scheduleId = await scheduled(boss, { kind: 'opt-outs', format: 'csv', destination, secretAccessKey: undefined })
  await boss.ask('POST', `/api/export-schedules/${scheduleId}/run`)
  await run()
  assert.equal((await listExports(server.deps.db, brand.accountId, 1))[0]!.failure, null)
  const place = join(folder, brand.accountId, 'bi/words')
  const name = `opt-outs_2026-11-22_${scheduleId.slice(0, 8)}.csv`
  assert.deepEqual(await readdir(place), [name])
  assert.equal((await stat(join(place, name))).mode & 0o777, 0o640)
  assert.match(await readFile(join(place, name), 'utf8'), /^"at","consumer","channel"/)

  // Somebody puts a link where the folder was.
  await rm(join(folder, brand.accountId), { recursive: true })
  const outside = await mkdtemp(join(tmpdir(), 'c2m-outside-'))
  await mkdir(join(folder, brand.accountId))
  await symlink(outside, join(folder, brand.accountId, 'bi'))
  const { body } = await boss.ask('POST', `/api/export-schedules/${scheduleId}/run`)
  await run()
  const failed = await known(brand, body.exportId)
  assert.deepEqual([failed.state, await readdir(outside)], ['failed', []])
  assert.match(failed.failure!, /not within the folder/)
  await rm(outside, { recursive: true })
})

test('files go when their time is over, and what nobody knows goes as well', async () => {
  await nothingWaits()
  const { brand, boss } = await stage()
  const [kept, old] = [await asked(boss), await asked(boss)]
  await run()
  await run()
  await server.deps.db`update exports set expires_at = now() - interval '1 second' where export_id = ${old}`
  const names = await filesHere()
  const orphan = `${'x'.repeat(32)}.part`
  const fresh = `${'y'.repeat(32)}.part`
  for (const name of [orphan, fresh]) await writeFile(join(exportsFolder(), name), 'half')
  now = new Date()
  await utimes(join(exportsFolder(), orphan), new Date(now.getTime() - 7_200_000), new Date(now.getTime() - 7_200_000))
  const oldFile = (await known(brand, old)).fileName!
  await cleanUp(server.deps)
  assert.deepEqual(await filesHere(), [...names.filter((name) => name !== oldFile), fresh].sort())
  const { body } = await boss.ask('GET', '/api/exports')
  assert.deepEqual(
    body.exports.map((one: { exportId: string; fetchable: boolean }) => [one.exportId, one.fetchable]),
    [
      [old, false],
      [kept, true],
    ],
  )
  assert.equal((await boss.ask('GET', `/api/exports/${old}/file`)).status, 404)
})

test('somebody is forgotten: files that may hold them go, all others stay, and a bucket’s are named', async () => {
  await nothingWaits()
  const { brand, boss } = await stage()
  now = new Date('2026-11-23T12:00:00Z')
  const day = (n: number) => ({ from: `2026-11-${n}T00:00:00Z`, to: `2026-11-${n + 1}T00:00:00Z` })
  const [holding, otherDay, figures] = [
    await asked(boss, day(20)),
    await asked(boss, day(21)),
    await asked(boss, { kind: 'report', ...day(20) }),
  ]
  await scheduled(boss, { every: 'week', weekday: 'sat' })
  await scheduled(boss, {
    ...{ every: 'week', weekday: 'sat', destination: { to: 'folder', folder: '' }, secretAccessKey: undefined },
  })
  const { body } = await boss.ask('GET', '/api/export-schedules')
  for (const { scheduleId } of body.schedules) await boss.ask('POST', `/api/export-schedules/${scheduleId}/run`)
  for (let times = 0; times < 5; times += 1) assert.equal(await run(), 0)
  assert.equal((await readdir(join(folder, brand.accountId))).length, 1)

  const times = [new Date('2026-11-20T15:00:00Z')]
  const forgotten = await forgetInExports(server.deps, brand.accountId, { times })
  assert.equal(forgotten.delivered.length, 1)
  assert.match(forgotten.delivered[0]!, /^s3:\/\/exports\/c2m\/daily\/transactions_2026-11-14_2026-11-20_/)
  assert.deepEqual(await readdir(join(folder, brand.accountId)), [])
  const fetched = async (exportId: string) => (await boss.ask('GET', `/api/exports/${exportId}/file`)).status
  assert.deepEqual([await fetched(holding), await fetched(otherDay), await fetched(figures)], [404, 200, 200])
  const again = await forgetInExports(server.deps, brand.accountId, { times })
  assert.deepEqual(again.delivered, forgotten.delivered)
  await forgetInExports(server.deps, brand.accountId, { times: null })
  assert.deepEqual([await fetched(otherDay), await fetched(figures)], [404, 200])
})
