import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { binaries, installedPackage } from './binaries.ts'
import { isAlive, processIdentity } from './process-identity.ts'
import { runAs, spawnOptions } from './run-as.ts'
import { afterwards, asRoot, connect, killHard, scratch, testDeployment, until } from './test-deployment.ts'

/** A living process that is not PostgreSQL, of the user that PostgreSQL runs as, or of another one. */
async function stranger(t: TestContext, user: 'same' | 'other') {
  if (user === 'other' && !asRoot) return { pid: 1, start: processIdentity(1)?.start ?? '' }
  const options = user === 'same' ? spawnOptions(await runAs()) : {}
  const child = spawn('sleep', ['600'], { ...options, stdio: 'ignore' })
  afterwards(t, () => killHard(child.pid))
  return processIdentity(child.pid!)!
}

/** A pid file as PostgreSQL writes it, with another process's id. */
function plantPidFile(data: string, pid: number): void {
  const lines = [pid, data, 1_700_000_000, 5432, join(data, '../postgres-socket'), '', '  123 456', 'ready   ']
  writeFileSync(join(data, 'postmaster.pid'), `${lines.join('\n')}\n`)
}

for (const user of ['same', 'other'] as const)
  test(`a stale pid file that names a living process of the ${user} user is removed and the process left alone`, async (t) => {
    const deployment = await testDeployment(t)
    const innocent = await stranger(t, user)
    plantPidFile(deployment.data, innocent.pid)
    const pg = await deployment.start()
    assert.notEqual(pg.pid, innocent.pid)
    assert.equal(pg.adopted, false)
    assert.equal((await connect(t, pg)`select 1 as one`)[0]?.one, 1)
    assert.ok(isAlive(innocent))
    assert.ok(deployment.lines.includes('warn removing a stale PostgreSQL pid file'))
  })

test("a stale pid file that names another deployment's PostgreSQL leaves that one alone", async (t) => {
  const other = await (await testDeployment(t)).start()
  const deployment = await testDeployment(t)
  plantPidFile(deployment.data, other.pid)
  const pg = await deployment.start()
  assert.equal(pg.adopted, false)
  assert.equal((await connect(t, other)`select 1 as one`)[0]?.one, 1)
  assert.equal((await connect(t, pg)`select 1 as one`)[0]?.one, 1)
})

test('an empty pid file is removed', async (t) => {
  const deployment = await testDeployment(t)
  writeFileSync(join(deployment.data, 'postmaster.pid'), '')
  const pg = await deployment.start()
  assert.equal((await connect(t, pg)`select 1 as one`)[0]?.one, 1)
})

test('an empty pid file with a live orphan behind it: the orphan is stopped cleanly first', async (t) => {
  const deployment = await testDeployment(t)
  const first = await deployment.spawn()
  const orphan = processIdentity(first.ready!.pid)!
  killHard(first.child.pid)
  await first.ended
  truncateSync(join(deployment.data, 'postmaster.pid'))
  const pg = await deployment.start()
  assert.equal(isAlive(orphan), false)
  assert.equal(pg.adopted, false)
  assert.equal((await connect(t, pg)`select 1 as one`)[0]?.one, 1)
})

test("a stale lock file of the socket, naming a living process of PostgreSQL's user, does not stop the start", async (t) => {
  const deployment = await testDeployment(t)
  const first = await deployment.start()
  const lock = join(first.socketDir, '.s.PGSQL.5432.lock')
  const text = readFileSync(lock, 'utf8')
  await first.stop()
  const innocent = await stranger(t, 'same')
  writeFileSync(lock, text.replace(/^\d+/, String(innocent.pid)))
  const pg = await deployment.start()
  assert.equal((await connect(t, pg)`select 1 as one`)[0]?.one, 1)
  assert.ok(isAlive(innocent))
})

test('the orphan of a killed server goes on serving and the next start adopts it', async (t) => {
  const deployment = await testDeployment(t)
  const first = await deployment.spawn()
  const sql = connect(t, first.ready!)
  await sql`create table kept as select 42 as answer`
  killHard(first.child.pid)
  await first.ended
  assert.equal((await sql`select answer from kept`)[0]?.answer, 42)
  const pg = await deployment.start()
  assert.equal(pg.adopted, true)
  assert.equal(pg.pid, first.ready!.pid)
  assert.equal((await connect(t, pg)`select answer from kept`)[0]?.answer, 42)
  await pg.stop()
  assert.equal(processIdentity(pg.pid), undefined)
})

test('an adopted PostgreSQL that crashes is started again', async (t) => {
  const deployment = await testDeployment(t)
  const first = await deployment.spawn()
  killHard(first.child.pid)
  await first.ended
  const pg = await deployment.start()
  assert.equal(pg.adopted, true)
  const adopted = pg.pid
  killHard(adopted)
  await until('a new postmaster', () => pg.pid !== adopted)
  assert.equal((await connect(t, pg)`select 1 as one`)[0]?.one, 1)
})

test('an orphan with other settings is stopped cleanly and started with ours', async (t) => {
  const deployment = await testDeployment(t)
  const first = await deployment.spawn({ settings: { work_mem: '5MB' } })
  killHard(first.child.pid)
  await first.ended
  const pg = await deployment.start({ settings: { work_mem: '6MB' } })
  assert.equal(pg.adopted, false)
  assert.equal((await connect(t, pg)`show work_mem`)[0]?.work_mem, '6MB')
})

test('a frozen orphan is ended and replaced', async (t) => {
  const deployment = await testDeployment(t)
  const first = await deployment.spawn()
  killHard(first.child.pid)
  await first.ended
  const orphan = processIdentity(first.ready!.pid)!
  process.kill(orphan.pid, 'SIGSTOP')
  const pg = await deployment.start()
  assert.equal(pg.adopted, false)
  assert.equal(isAlive(orphan), false)
  assert.equal((await connect(t, pg)`select 1 as one`)[0]?.one, 1)
})

test("a person's own postgres on the data is neither adopted nor stopped", async (t) => {
  const deployment = await testDeployment(t)
  const runner = await runAs()
  const { postgres: program } = await binaries(runner, installedPackage(), scratch(t))
  const theirs = spawn(
    program,
    ['-D', deployment.data, '-c', 'listen_addresses=', '-k', join(deployment.dataDir, 'postgres-socket')],
    {
      ...spawnOptions(runner),
      stdio: 'ignore',
    },
  )
  afterwards(t, () => killHard(theirs.pid))
  await until('their server', () => processIdentity(theirs.pid!) !== undefined && pidFileReady(deployment.data))
  await assert.rejects(deployment.start(), { code: 'foreign_server' })
  assert.ok(processIdentity(theirs.pid!))
})

function pidFileReady(data: string): boolean {
  try {
    return readFileSync(join(data, 'postmaster.pid'), 'utf8').includes('ready')
  } catch {
    return false
  }
}
