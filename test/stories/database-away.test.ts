import assert from 'node:assert/strict'
import { connect, createServer, type Socket } from 'node:net'
import test from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { serverProcess } from '../server-process.ts'
import { testDatabase } from '../test-database.ts'
import { freePort } from '../test-server.ts'

/** A way to an outside database that can be shut and opened again at the same address, as in a failover. */
async function wayTo(socketDir: string, port: number): Promise<() => Promise<void>> {
  const open = new Set<Socket>()
  const server = createServer((client) => {
    const database = connect({ path: `${socketDir}/.s.PGSQL.5432` })
    for (const socket of [client, database]) {
      open.add(socket)
      socket.on('error', () => {}).on('close', () => open.delete(socket))
    }
    client.pipe(database).pipe(client)
  })
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  return async () => {
    for (const socket of open) socket.destroy()
    await new Promise((resolve) => server.close(resolve))
  }
}

test('a server that dies while its database is away comes back with the database, without a human', async (t) => {
  const database = await testDatabase()
  t.after(() => database.drop())
  const port = await freePort()
  let shut = await wayTo(database.socketDir, port)
  t.after(() => shut())
  const env = { DATABASE_URL: `postgres://${database.user}@127.0.0.1:${port}/${database.name}` }
  const server = await serverProcess({ keeper: true, env })
  t.after(() => server.close())
  await server.ready()
  const killed = await server.pid()

  await shut()
  process.kill(killed, 'SIGKILL')
  while (!server.output().includes('Nobody answers at the address in DATABASE_URL')) await pause(100)
  shut = await wayTo(database.socketDir, port)
  const back = () => server.output().split('"msg":"ready"').length > 2
  while (!back()) {
    assert.equal(await Promise.race([server.ended, pause(100)]), undefined, server.output())
  }
  assert.notEqual(await server.pid(), killed)
  server.signal('SIGTERM')
  assert.equal(await server.ended, 0, server.output())
})
