import assert from 'node:assert/strict'
import {
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { test } from 'node:test'
import { runAs } from './run-as.ts'
import { socketFolder } from './socket-folder.ts'
import { afterwards, asRoot, connect, killHard, scratch, testDeployment } from './test-deployment.ts'

test('a first start makes a database that is UTF-8, UTC, checksummed, synced and off the network', async (t) => {
  const deployment = await testDeployment(t, 'empty')
  const pg = await deployment.start({ settings: { work_mem: '7MB' } })
  const sql = connect(t, pg)
  const expected = {
    server_encoding: 'UTF8',
    TimeZone: 'UTC',
    data_checksums: 'on',
    fsync: 'on',
    full_page_writes: 'on',
    listen_addresses: '',
    work_mem: '7168',
  }
  const rows = await sql`select name, setting from pg_settings where name in ${sql(Object.keys(expected))}`
  assert.deepEqual(Object.fromEntries(rows.map((row) => [row.name, row.setting])), expected)
  const [database] = await sql`select datlocprovider, datlocale from pg_database where datname = 'template1'`
  assert.deepEqual({ ...database }, { datlocprovider: 'b', datlocale: 'C.UTF-8' })
  assert.equal(pg.user, 'c2m')
})

test('the socket and the data are private to the user that PostgreSQL runs as, which is never root', async (t) => {
  const deployment = await testDeployment(t)
  const pg = await deployment.start()
  const runner = await runAs()
  assert.notEqual(runner.uid, 0)
  assert.equal(runner.drop, asRoot)
  for (const path of [pg.socketDir, deployment.data]) {
    assert.equal(lstatSync(path).uid, runner.uid)
    assert.equal(lstatSync(path).mode & 0o777, 0o700)
  }
  // PostgreSQL writes this file itself.
  assert.equal(lstatSync(join(deployment.data, 'postmaster.pid')).uid, runner.uid)
})

test('what one start stored, the next one finds', async (t) => {
  const deployment = await testDeployment(t)
  const first = await deployment.start()
  await connect(t, first)`create table kept as select 42 as answer`
  await first.stop()
  const second = await deployment.start()
  assert.equal(second.adopted, false)
  assert.equal((await connect(t, second)`select answer from kept`)[0]?.answer, 42)
})

test("a failed statement's values do not reach PostgreSQL's log", async (t) => {
  const deployment = await testDeployment(t)
  const pg = await deployment.start()
  const sql = connect(t, pg)
  await sql`create table consumer (phone text primary key)`
  await sql`insert into consumer values ('+15550001111')`
  await assert.rejects(sql.unsafe(`insert into consumer values ('+15550001111')`), { code: '23505' })
  await assert.rejects(sql.unsafe(`select 'x15550001111'::int`), { code: '22P02' })
  await pg.stop()
  const folder = join(deployment.data, 'log')
  const log = readdirSync(folder)
    .map((name) => readFileSync(join(folder, name), 'utf8'))
    .join('')
  assert.match(log, /database system is ready/)
  assert.doesNotMatch(log, /5550001111/)
})

test("a taken port does not matter: PostgreSQL's is only the name of a socket file", async (t) => {
  const squatter = createServer()
  // Whether this test or another program has it, the port is taken.
  await new Promise((resolve) => squatter.once('listening', resolve).once('error', resolve).listen(5432, '127.0.0.1'))
  afterwards(t, () => squatter.close())
  const pg = await (await testDeployment(t)).start()
  assert.equal((await connect(t, pg)`select 1 as one`)[0]?.one, 1)
})

test('a data folder with a path too long for a socket gets a short private one elsewhere, removed at the end', async (t) => {
  const parent = join(scratch(t), 'a'.repeat(60), 'b'.repeat(60))
  mkdirSync(parent, { recursive: true })
  const deployment = await testDeployment(t, 'initialised', parent)
  const pg = await deployment.start()
  assert.ok(Buffer.byteLength(`${pg.socketDir}/.s.PGSQL.5432`) <= 107)
  assert.equal(lstatSync(pg.socketDir).mode & 0o777, 0o700)
  assert.equal((await connect(t, pg)`select 1 as one`)[0]?.one, 1)
  await pg.stop()
  assert.equal(existsSync(pg.socketDir), false)
})

test('blanks, commas and quotes in the path are only letters', async (t) => {
  const parent = join(scratch(t), `it's, a "path"`)
  mkdirSync(parent)
  const deployment = await testDeployment(t, 'initialised', parent)
  const killed = await deployment.spawn()
  killHard(killed.child.pid)
  await killed.ended
  const pg = await deployment.start()
  assert.equal(pg.adopted, true)
  assert.equal(pg.socketDir, join(deployment.dataDir, 'postgres-socket'))
  assert.equal((await connect(t, pg)`select 1 as one`)[0]?.one, 1)
})

test('a socket folder that cannot be used is left as it is and another taken', async (t) => {
  const deployment = await testDeployment(t)
  const first = await deployment.start()
  await first.stop()
  rmSync(first.socketDir, { recursive: true, force: true })
  writeFileSync(first.socketDir, 'in the way')
  const pg = await deployment.start()
  assert.notEqual(pg.socketDir, first.socketDir)
  assert.equal((await connect(t, pg)`select 1 as one`)[0]?.one, 1)
  assert.equal(readFileSync(first.socketDir, 'utf8'), 'in the way')
})

test("a stranger's link or open folder under the foreseeable short name is not used", async (t) => {
  const runner = await runAs()
  const home = join(scratch(t), 'h'.repeat(120))
  mkdirSync(home)
  const victim = scratch(t)
  const plants = [(path: string) => symlinkSync(victim, path), (path: string) => mkdirSync(path, { mode: 0o755 })]
  for (const plant of plants) {
    const foreseeable = await socketFolder(home, runner)
    rmdirSync(foreseeable)
    plant(foreseeable)
    afterwards(t, () => rmSync(foreseeable, { recursive: true, force: true }))
    const taken = await socketFolder(home, runner)
    afterwards(t, () => rmSync(taken, { recursive: true, force: true }))
    assert.notEqual(taken, foreseeable)
    assert.equal(lstatSync(taken).uid, runner.uid)
    assert.deepEqual(readdirSync(victim), [])
    rmSync(foreseeable, { recursive: true })
  }
})

if (asRoot) {
  test('root: a user for PostgreSQL that does not exist, or is root, is refused with one sentence', async (t) => {
    const deployment = await testDeployment(t, 'empty')
    for (const name of ['no-such-user-here', 'root'])
      await assert.rejects(deployment.start({ runAs: name }), {
        code: 'user_unknown',
        exitCode: 78,
        message: new RegExp(`"${name}"`),
      })
    assert.equal(existsSync(deployment.dataDir), false)
  })
} else {
  test('an ordinary user runs PostgreSQL as itself, whoever is named', async () => {
    const runner = await runAs('root')
    assert.equal(runner.uid, process.getuid?.())
    assert.equal(runner.drop, false)
  })
}

test('what stopped PostgreSQL after it turned to its log files is told, and nothing older', async (t) => {
  const deployment = await testDeployment(t)
  const { uid, gid } = lstatSync(deployment.data)
  const logs = join(deployment.data, 'log')
  mkdirSync(logs, { recursive: true })
  const days = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'].map((day) => join(logs, `postgresql-${day}.log`))
  for (const day of days) writeFileSync(day, 'FATAL:  an older trouble\n', { mode: 0o600 })
  for (const path of [logs, ...days]) chownSync(path, uid, gid)
  const wal = join(deployment.data, 'pg_wal')
  for (const name of readdirSync(wal).filter((one) => /^[0-9A-F]{24}$/.test(one))) rmSync(join(wal, name))
  await assert.rejects(deployment.start(), {
    code: 'start_failed',
    message: /: could not locate a valid checkpoint record.*; mend that/,
  })
})
