import assert from 'node:assert/strict'
import { existsSync, readFileSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { ownership } from './ownership.ts'
import { afterwards, connect, killHard, scratch, testDeployment } from './test-deployment.ts'

test('a second server on the same folder says who owns it, exits 75, and leaves the first unharmed', async (t) => {
  const deployment = await testDeployment(t)
  const first = await deployment.spawn()
  const second = await deployment.spawn()
  assert.equal(second.ready, undefined)
  const { code, stderr } = await second.ended
  assert.equal(code, 75)
  assert.match(stderr, new RegExp(`^in_use: .*${deployment.dataDir} .*process ${first.child.pid} on host `))
  assert.equal((await connect(t, first.ready!)`select 1 as one`)[0]?.one, 1)
  first.child.kill('SIGTERM')
  assert.equal((await first.ended).code, 0)
})

test('a second start in the same process is refused too', async (t) => {
  const deployment = await testDeployment(t)
  const pg = await deployment.start()
  await assert.rejects(deployment.start(), { code: 'in_use' })
  assert.equal((await connect(t, pg)`select 1 as one`)[0]?.one, 1)
  await pg.stop()
  await deployment.start()
})

test('of two servers started at once after a crash, one adopts the orphan and one is refused', async (t) => {
  const deployment = await testDeployment(t)
  const dead = await deployment.spawn()
  killHard(dead.child.pid)
  await dead.ended
  const both = await Promise.all([deployment.spawn(), deployment.spawn()])
  const ready = both.filter((server) => server.ready)
  assert.equal(ready.length, 1)
  assert.equal(ready[0]?.ready?.pid, dead.ready?.pid)
  const refused = both.find((server) => !server.ready)
  assert.equal((await refused?.ended)?.code, 75)
})

test('many claims at once on a dead lock: exactly one holds', async (t) => {
  const folder = scratch(t)
  const lock = join(folder, 'postgres.lock')
  const mine = await ownership(folder)
  const dead = { ...JSON.parse(readFileSync(lock, 'utf8')), start: '1', key: 'of a dead process' }
  mine.release()
  writeFileSync(lock, JSON.stringify(dead))
  const claims = await Promise.allSettled(Array.from({ length: 8 }, () => ownership(folder)))
  const held = claims.flatMap((claim) => (claim.status === 'fulfilled' ? [claim.value] : []))
  assert.equal(held.length, 1)
  held[0]?.release()
  assert.equal(existsSync(lock), false)
})

test('an owner in another container counts as alive while it touches its lock, and as dead when it does not', async (t) => {
  const folder = scratch(t)
  const lock = join(folder, 'postgres.lock')
  const elsewhere = { pid: process.pid, start: '1', world: 'another boot', host: 'elsewhere', since: 'then' }
  writeFileSync(lock, JSON.stringify(elsewhere))
  let seconds = 1_000_000
  const heart = setInterval(() => {
    seconds += 1
    utimesSync(lock, seconds, seconds)
  }, 50)
  afterwards(t, () => clearInterval(heart))
  await assert.rejects(ownership(folder, 2_000), { code: 'in_use', message: /on host elsewhere/ })
  clearInterval(heart)
  const owned = await ownership(folder, 500)
  assert.notDeepEqual(JSON.parse(readFileSync(lock, 'utf8')).host, 'elsewhere')
  owned.release()
})

test('a lock cut off by a power cut is taken over', async (t) => {
  const folder = scratch(t)
  writeFileSync(join(folder, 'postgres.lock'), '')
  const owned = await ownership(folder, 300)
  owned.release()
})
