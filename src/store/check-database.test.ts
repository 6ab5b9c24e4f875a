import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { createServer, connect as dial, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test, { after, before } from 'node:test'
import { type TestDatabase, testDatabase } from '../../test/test-database.ts'
import { startPostgres } from '../postgres/start-postgres.ts'
import { checkDatabase, DatabaseUnfit } from './check-database.ts'

let database: TestDatabase
before(async () => {
  database = await testDatabase()
})
after(() => database.drop())

const unfit = (pattern: RegExp) => (error: Error) => {
  assert.ok(error instanceof DatabaseUnfit, error.stack)
  assert.match(error.message, pattern)
  return true
}

test('a sound database has no remark', async () => {
  assert.deepEqual(
    await checkDatabase({ socketDir: database.socketDir, user: database.user, database: database.name }),
    [],
  )
})

test('fsync=off is refused', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'c2m-unfit-'))
  // As root, PostgreSQL runs as another user, who must be able to pass through.
  await chmod(dataDir, 0o711)
  const postgres = await startPostgres({
    dataDir,
    log: { info() {}, warn() {}, error() {} },
    settings: { fsync: 'off', full_page_writes: 'off' },
  })
  try {
    const target = { socketDir: postgres.socketDir, user: postgres.user, database: 'postgres' }
    await assert.rejects(checkDatabase(target), unfit(/fsync=off/))
  } finally {
    await postgres.stop()
    await rm(dataDir, { recursive: true, force: true })
  }
})

test('another encoding is refused', async () => {
  const name = `e_${randomBytes(4).toString('hex')}`
  const admin = database.open(1)
  await admin.unsafe(`create database ${name} encoding 'SQL_ASCII' locale 'C' locale_provider libc template template0`)
  const target = { socketDir: database.socketDir, user: database.user, database: name }
  await assert.rejects(checkDatabase(target), unfit(/SQL_ASCII/))
  await admin.unsafe(`drop database ${name} with (force)`)
})

test('a role that may make no tables is refused', async () => {
  const name = `r_${randomBytes(4).toString('hex')}`
  const admin = database.open(1)
  await admin.unsafe(`create role ${name} login`)
  const target = { socketDir: database.socketDir, user: name, database: database.name }
  await assert.rejects(checkDatabase(target), unfit(new RegExp(`"${name}".*may not make tables.*owner to`, 'i')))
  await admin.unsafe(`alter database ${database.name} owner to ${name}`)
  assert.deepEqual(await checkDatabase(target), [])
  await admin.unsafe(`alter database ${database.name} owner to ${database.user}; drop role ${name}`)
})

test('a database that only reads is refused', async () => {
  const admin = database.open(1)
  await admin.unsafe(`alter database ${database.name} set default_transaction_read_only = on`)
  const target = { socketDir: database.socketDir, user: database.user, database: database.name }
  await assert.rejects(checkDatabase(target), unfit(/only reads/))
  await admin.begin(async (tx) => {
    await tx`set transaction read write`
    await tx.unsafe(`alter database ${database.name} reset default_transaction_read_only`)
  })
})

/**
 * A pooler in transaction mode, as small as it can be: two server connections; a client's messages go to a free one,
 * which is freed at each ReadyForQuery ("Z") outside a database transaction.
 */
async function transactionPooler(socketPath: string, user: string, databaseName: string) {
  const startup = (() => {
    const body = Buffer.from(`user\0${user}\0database\0${databaseName}\0\0`)
    const head = Buffer.alloc(8)
    head.writeInt32BE(body.length + 8, 0)
    head.writeInt32BE(196_608, 4)
    return Buffer.concat([head, body])
  })()
  const free: Socket[] = []
  const waiting: ((server: Socket) => void)[] = []
  const release = (server: Socket) => {
    const next = waiting.shift()
    if (next === undefined) free.unshift(server)
    else next(server)
  }
  const servers = await Promise.all(
    [0, 1].map(
      () =>
        new Promise<Socket>((resolve) => {
          const server = dial(socketPath, () => server.write(startup))
          server.once('data', () => resolve(server))
        }),
    ),
  )
  // The first goes back to the end of the line, so that two askers in turn meet both.
  free.push(...servers)
  const greeting = Buffer.concat([Buffer.from([0x52, 0, 0, 0, 8, 0, 0, 0, 0]), Buffer.from([0x5a, 0, 0, 0, 5, 0x49])])
  const clients = new Set<Socket>()
  const pooler = createServer((client) => {
    clients.add(client)
    let greeted = false
    let server: Socket | null = null
    let queue = Promise.resolve()
    client.on('error', () => {})
    client.on('data', (chunk) => {
      if (!greeted) {
        greeted = true
        client.write(greeting)
        return
      }
      queue = queue.then(async () => {
        if (server === null) {
          const taken = free.pop() ?? (await new Promise<Socket>((resolve) => waiting.push(resolve)))
          server = taken
          const relay = (data: Buffer) => {
            client.write(data)
            if (data.at(-6) === 0x5a && data.at(-1) === 0x49) {
              taken.removeListener('data', relay)
              server = null
              release(taken)
            }
          }
          taken.on('data', relay)
        }
        server.write(chunk)
      })
    })
  })
  await new Promise<void>((resolve) => pooler.listen(0, '127.0.0.1', resolve))
  return {
    url: `postgres://${user}@127.0.0.1:${(pooler.address() as { port: number }).port}/${databaseName}`,
    close() {
      for (const socket of [...servers, ...clients]) socket.destroy()
      return new Promise((resolve) => pooler.close(resolve))
    },
  }
}

test('a pooler in transaction mode is refused', async () => {
  const pooler = await transactionPooler(`${database.socketDir}/.s.PGSQL.5432`, database.user, database.name)
  try {
    await assert.rejects(checkDatabase({ url: pooler.url }), unfit(/pooler in transaction mode/))
  } finally {
    await pooler.close()
  }
})
