import assert from 'node:assert/strict'
import { chmodSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { endProcess } from './end-process.ts'
import { isAlive, processIdentity } from './process-identity.ts'
import { connect, killHard, testDeployment, until } from './test-deployment.ts'

/** What PostgreSQL wrote into its log since it was last started. */
function logOfLastStart(data: string): string {
  const folder = join(data, 'log')
  const files = readdirSync(folder).map((name) => readFileSync(join(folder, name), 'utf8'))
  return files.join('').split('starting PostgreSQL').at(-1) ?? ''
}

test('after a crash PostgreSQL runs again, nothing acknowledged is lost, and the old connections find it', async (t) => {
  const deployment = await testDeployment(t)
  const pg = await deployment.start()
  const sql = connect(t, pg)
  await sql`create table kept (n int)`
  await sql`insert into kept values (1)`
  const crashed = pg.pid
  killHard(crashed)
  await until('a new postmaster', () => pg.pid !== crashed)
  await until('the same client to read again', () =>
    sql`select n from kept`.then(([row]) => row?.n === 1).catch(() => false),
  )
  assert.ok(deployment.lines.includes('error PostgreSQL ended unexpectedly; starting it again'))
})

test('a busy backend of a killed postmaster does not keep PostgreSQL down for long', async (t) => {
  const deployment = await testDeployment(t)
  const pg = await deployment.start()
  const busy = connect(t, pg)
  const work = busy`do 'begin loop end loop; end'`.catch(() => 'cut off')
  const watcher = connect(t, pg)
  await until('the backend to be busy', async () => {
    const [row] =
      await watcher`select count(*)::int as n from pg_stat_activity where query like 'do %' and state = 'active'`
    return row?.n === 1
  })
  const crashed = pg.pid
  killHard(crashed)
  await until('a new postmaster', () => pg.pid !== crashed)
  assert.equal(await work, 'cut off')
  assert.equal((await connect(t, pg)`select 1 as one`)[0]?.one, 1)
})

test('it goes on trying when a restart fails, and runs again once the cause is mended', async (t) => {
  const deployment = await testDeployment(t)
  const pg = await deployment.start()
  const crashed = pg.pid
  chmodSync(deployment.data, 0o755)
  killHard(crashed)
  await until('a failed restart', () => deployment.lines.includes('error PostgreSQL could not be started again'))
  chmodSync(deployment.data, 0o700)
  await until('a new postmaster', () => pg.pid !== crashed)
  assert.equal((await connect(t, pg)`select 1 as one`)[0]?.one, 1)
})

test('stop resolves when PostgreSQL has crashed, in whatever moment of the restart', async (t) => {
  const deployment = await testDeployment(t)
  for (const moment of [0, 150, 250, 300]) {
    const pg = await deployment.start()
    killHard(pg.pid)
    await sleep(moment)
    await pg.stop()
    assert.equal(processIdentity(pg.pid), undefined)
  }
})

test('stop may be called twice and ends PostgreSQL once', async (t) => {
  const deployment = await testDeployment(t)
  const pg = await deployment.start()
  await Promise.all([pg.stop(), pg.stop()])
  await pg.stop()
  assert.equal(processIdentity(pg.pid), undefined)
  assert.equal(deployment.lines.filter((line) => line === 'info PostgreSQL stopped').length, 1)
})

test('stopping a frozen PostgreSQL ends in SIGKILL, and a process that reuses its id is never signalled', async (t) => {
  const deployment = await testDeployment(t)
  const server = await deployment.spawn()
  killHard(server.child.pid)
  await server.ended
  const postmaster = processIdentity(server.ready!.pid)!
  process.kill(postmaster.pid, 'SIGSTOP')
  const hasty = { fast: 100, immediate: 100, kill: 10_000 }
  assert.equal(await endProcess({ ...postmaster, start: 'of an earlier process' }, hasty), 'gone')
  assert.ok(isAlive(postmaster))
  assert.equal(await endProcess(postmaster, hasty), 'kill')
  assert.equal(isAlive(postmaster), false)
})

for (const [name, signal, toGroup] of [
  ['SIGTERM to the whole process group', 'SIGTERM', true],
  ['SIGTERM to the server alone', 'SIGTERM', false],
  ['Ctrl-C in the terminal (SIGINT to the group)', 'SIGINT', true],
] as const)
  test(`${name}: the server drains first, PostgreSQL stops last with a checkpoint, the next start needs no recovery`, async (t) => {
    const deployment = await testDeployment(t)
    const server = await deployment.spawn()
    const pid = server.child.pid!
    process.kill(toGroup ? -pid : pid, signal)
    assert.equal((await server.ended).code, 0)
    assert.deepEqual(server.out.slice(1), ['drained', 'stopped'])
    assert.equal(processIdentity(server.ready!.pid), undefined)
    const pg = await deployment.start()
    assert.equal((await connect(t, pg)`select 1 as one`)[0]?.one, 1)
    const log = logOfLastStart(deployment.data)
    assert.match(log, /database system was shut down at/)
    assert.doesNotMatch(log, /not properly shut down|was interrupted/)
  })
