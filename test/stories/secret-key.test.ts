import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { readdir, rename } from 'node:fs/promises'
import { join } from 'node:path'
import test, { type TestContext } from 'node:test'
import { type ServerProcess, serverProcess } from '../server-process.ts'
import { postgresProxy } from '../simulators/postgres-proxy.ts'
import { testDatabase } from '../test-database.ts'

/*
 * Stored secrets can be read with one key only. A start with another one, or without one, must say so before it serves:
 * what it stored under a new key nobody could read once the right one is back.
 */

async function start(t: TestContext, options: Parameters<typeof serverProcess>[0] = {}): Promise<ServerProcess> {
  const server = await serverProcess(options)
  t.after(() => server.close())
  return server
}

const newKey = () => randomBytes(32).toString('base64')

/** Its exit code; `ready` when it serves instead. */
const outcome = (server: ServerProcess) =>
  Promise.race([
    server.ended,
    server.ready().then(
      () => 'ready' as const,
      () => server.ended,
    ),
  ])

async function refused(server: ServerProcess, sentence: RegExp): Promise<void> {
  assert.equal(await outcome(server), 78, server.output())
  assert.match(server.output(), sentence)
  assert.doesNotMatch(server.output(), /\n {4}at |"msg":"ready"/)
}

test('a lost or different key stops the start with a sentence; with the right one all is well', async (t) => {
  const env = { SANDBOX: 'off' }
  const first = await start(t, { env })
  await first.ready()
  const { dataDir } = first
  first.signal('SIGTERM')
  assert.equal(await first.ended, 0)
  const [key, away] = [join(dataDir, 'secret.key'), join(dataDir, 'secret.key.away')]

  await rename(key, away)
  // The first one made the folder and removes it: nothing may be left running in it.
  await refused(await start(t, { dataDir, env }), /secret\.key is missing.*C2M_SECRET_KEY/)
  assert.ok(!(await readdir(dataDir)).includes('secret.key'), 'no new key was made')
  await refused(
    await start(t, { dataDir, env: { ...env, C2M_SECRET_KEY: newKey() } }),
    /^C2M_SECRET_KEY is not the key/m,
  )

  await rename(away, key)
  const again = await start(t, { dataDir, env })
  await again.ready()
  again.signal('SIGTERM')
  assert.equal(await again.ended, 0)
})

test('an outside database knows its key: a fresh data folder makes no second one', async (t) => {
  const database = await testDatabase()
  t.after(() => database.drop())
  const proxy = await postgresProxy(database)
  t.after(() => proxy.close())
  const env = { DATABASE_URL: proxy.url(database.name) }
  const first = await start(t, { env })
  await first.ready()
  first.signal('SIGTERM')
  await first.ended

  await refused(await start(t, { env }), /secret\.key is missing.*C2M_SECRET_KEY/)
  await refused(await start(t, { env: { ...env, C2M_SECRET_KEY: newKey() } }), /^C2M_SECRET_KEY is not the key/m)
})

test('a second starter leaves nothing in the folder of a server that runs', async (t) => {
  const first = await start(t, { env: { C2M_SECRET_KEY: newKey(), OPERATOR_TOKEN: newKey() } })
  await first.ready()
  const second = await start(t, { dataDir: first.dataDir })
  assert.equal(await outcome(second), 75, second.output())
  const names = await readdir(first.dataDir)
  assert.deepEqual(
    names.filter((name) => /^(secret|operator)/.test(name)),
    [],
  )
  // It works in the first one's folder and is closed before that is removed.
  first.signal('SIGTERM')
  await first.ended
})
