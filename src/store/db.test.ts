import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { type AddressInfo, connect, createServer } from 'node:net'
import test, { after, before } from 'node:test'
import { type TestDatabase, testDatabase } from '../../test/test-database.ts'
import { openDatabase } from './db.ts'

let database: TestDatabase
before(async () => {
  database = await testDatabase()
})
after(() => database.drop())

test('single statements outlive the death of their backends', { timeout: 30_000 }, async () => {
  const killer = database.open(1)
  const db = database.open(3)
  const outcomes = { answered: 0, lost: 0 }
  for (let round = 0; round < 40; round += 1) {
    const asked = Array.from({ length: 6 }, () =>
      db`select pg_sleep(0.002)`.then(
        () => (outcomes.answered += 1),
        () => (outcomes.lost += 1),
      ),
    )
    await killer`select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and pid <> pg_backend_pid() and query like '%pg_sleep(0.002)%'`
    await Promise.all(asked)
  }
  assert.equal(outcomes.answered + outcomes.lost, 240)
  assert.ok(outcomes.lost > 0, 'no kill has hit: the test proves nothing')
  // A kill of the last round may still be on its way.
  const again = () => db`select 1 as one`.catch(() => null)
  const answers = [await again(), await again(), await again(), await again()]
  assert.deepEqual([...(answers.at(-1) ?? [])], [{ one: 1 }])
})

test('after an absence, statements come through within 2 s of the database’s return', {
  timeout: 60_000,
}, async (t) => {
  const door = createServer((client) => {
    const backend = connect({ path: `${database.socketDir}/.s.PGSQL.5432` })
    for (const socket of [client, backend]) {
      socket.on('error', () => {})
      socket.on('close', () => {
        client.destroy()
        backend.destroy()
      })
    }
    client.pipe(backend).pipe(client)
  })
  const listen = (port: number) => new Promise<void>((resolve) => door.listen(port, '127.0.0.1', resolve))
  await listen(0)
  const { port } = door.address() as AddressInfo
  await new Promise((resolve) => door.close(resolve))
  const url = `postgres://${database.user}@127.0.0.1:${port}/${database.name}`
  const db = openDatabase({ url }, { max: 3, name: 'test' })
  t.after(async () => {
    await db.end({ timeout: 0 })
    door.close()
  })
  const ask = async (times: number) => {
    const outcomes = await Promise.allSettled(Array.from({ length: times }, () => db`select 1`))
    return outcomes.filter(({ status }) => status === 'fulfilled').length
  }
  // Every failed connection makes the driver's own next wait longer, up to 20 s.
  for (let failures = 0; failures < 7; failures += 1) assert.equal(await ask(1), 0)
  await listen(port)
  const back = performance.now()
  while ((await ask(3)) < 3) {}
  const tookMs = performance.now() - back
  assert.ok(tookMs < 2_000, `${tookMs} ms`)
})

test('the driver as it comes still has the fault that mended-driver.ts mends', () => {
  // When this fails, the installed release has mended it: delete src/mended-driver.ts.
  const script = `
    import postgres from 'postgres'
    const sql = postgres({ path: '${database.socketDir}/.s.PGSQL.5432', user: '${database.user}', database: '${database.name}', max: 2, onnotice() {} })
    for (let round = 0; round < 20; round += 1) {
      const session = await sql.reserve()
      const [{ pid }] = await session\`select pg_backend_pid() as pid\`
      await sql\`select pg_terminate_backend(\${pid})\`
      await new Promise((r) => setTimeout(r, round))
      await Promise.race([session\`select 1\`, new Promise((r) => setTimeout(r, 200))]).catch(() => {})
      await Promise.race([session\`select 1\`, new Promise((r) => setTimeout(r, 200))]).catch(() => {})
    }
    process.exit(0)`
  // Either it dies of the uncaught fault, or a statement never settles and the time-out ends it.
  const { status } = spawnSync(process.execPath, ['--input-type=module', '--eval', script], {
    cwd: import.meta.dirname,
    timeout: 10_000,
  })
  assert.notEqual(status, 0)
})
