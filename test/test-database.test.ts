import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import test from 'node:test'

/** A test file of its own PostgreSQL, whose template somebody spoils. */
const story = `
  import { testDatabase } from ${JSON.stringify(new URL('test-database.ts', import.meta.url).href)}
  import { openDatabase } from ${JSON.stringify(new URL('../src/store/db.ts', import.meta.url).href)}
  const first = await testDatabase()
  const admin = openDatabase({ ...first, database: 'postgres' }, { max: 1, name: 'test' })
  await admin\`update pg_database set datconnlimit = -2 where datname like 'template\\_%'\`
  await admin.end()
  await testDatabase().then(
    () => console.log('made'),
    (error) => console.log(error.message),
  )
  await first.drop()
`

test('a database that cannot be made is an error that is told, and nothing holds up the end of its test file', {
  timeout: 60_000,
}, async (t) => {
  const { C2M_TEST_POSTGRES: _, ...env } = process.env
  const child = spawn(process.execPath, ['--input-type=module', '--eval', story], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  t.after(() => child.kill('SIGKILL'))
  const exited = once(child, 'exit')
  assert.match(await text(child.stdout), /invalid database/)
  assert.deepEqual(await exited, [0, null])
})
