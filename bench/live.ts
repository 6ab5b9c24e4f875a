import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { get, type IncomingMessage } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { startPostgres } from '../src/postgres/start-postgres.ts'
import { cipher } from '../src/store/cipher.ts'
import { type Database, openDatabase } from '../src/store/db.ts'
import { freePort } from '../test/test-server.ts'
import { atRate, percentile, shownTimes } from './at-rate.ts'
import { programFlags } from './bench-stage.ts'
import { httpConnection } from './http-connection.ts'
import { type LiveBrand, liveBrand } from './live-brand.ts'
import { printRatios } from './ratios.ts'

/*
 * A consumer's reply on its way to the screen of the agent who owns the conversation: webhook in, event out, at 50 a
 * second, with 200 people of one brand listening. Beside it, at the same rate on the same database, the bare insert that
 * it rests on: one durable row, straight from here. Rounds alternate, since a shared machine makes only ratios of
 * neighbours in time worth something.
 */
const perSecond = 50
const connections = 16

/** @param options `--rounds 5`, `--seconds 10` each. */
export async function benchLive(options: readonly string[]): Promise<boolean> {
  const { values } = parseArgs({
    args: [...options],
    options: { rounds: { type: 'string', default: '5' }, seconds: { type: 'string', default: '10' } },
  })
  const count = Math.round(Number(values.seconds) * perSecond)
  const folder = await mkdtemp(join(tmpdir(), 'c2m-bench-'))
  // As root, PostgreSQL runs as another user, who must be able to pass through.
  await chmod(folder, 0o711)
  const postgres = await startPostgres({ dataDir: folder, log: { info() {}, warn() {}, error() {} } })
  let server: ChildProcess | null = null
  let db: Database | null = null
  const streams: IncomingMessage[] = []
  try {
    const admin = openDatabase({ ...postgres, database: 'postgres' }, { max: 1, name: 'bench' })
    await admin`create database ours`
    await admin.end()
    const port = await freePort()
    server = await startServer(port, postgres, folder)
    db = openDatabase({ ...postgres, database: 'ours' }, { max: connections, name: 'bench' })
    const brand = await liveBrand(db, cipher(Buffer.alloc(32, 7)), `http://127.0.0.1:${port}`)
    // What autovacuum does within its first seconds of such a load.
    await db`analyze`
    await db`create table bare_inserts (id bigint generated always as identity primary key, body text not null)`
    const heard = new Map<string, (at: number) => void>()
    for (const { userId, sessionToken } of brand.listeners)
      streams.push(await listen(port, sessionToken, (text, at) => heard.get(`${userId} ${text}`)?.(at)))
    console.log(`${streams.length} people listen, ${perSecond} messages a second, ${count} a round`)

    const rounds: { live: number[]; bare: number[] }[] = []
    for (let round = 0; round <= Number(values.rounds); round += 1) {
      const bare = await inserts(db, count)
      const live = await replies(port, brand, heard, count, round)
      if (round > 0) rounds.push({ live, bare })
      console.log(
        `  reply to screen ${shownTimes(live)} | bare insert ${shownTimes(bare)}${round === 0 ? ' (to warm up)' : ''}`,
      )
    }
    const p99s = rounds.map(({ live, bare }) => ({ live: percentile(live, 0.99), bare: percentile(bare, 0.99) }))
    return printRatios([
      {
        what: 'milliseconds from a consumer’s reply to the agent’s screen, p99',
        values: p99s.map(({ live }) => live),
        bar: { atMost: 1_000 },
      },
      {
        what: 'p99, reply to screen / the bare insert it rests on',
        values: p99s.map(({ live, bare }) => live / bare),
        bar: { atMost: 3 },
      },
    ])
  } finally {
    for (const stream of streams) stream.destroy()
    await db?.end({ timeout: 1 })
    if (server !== null && server.exitCode === null) {
      const exited = once(server, 'exit')
      server.disconnect()
      await exited
    }
    await postgres.stop()
    await rm(folder, { recursive: true, force: true })
  }
}

async function startServer(
  port: number,
  postgres: { socketDir: string; user: string },
  folder: string,
): Promise<ChildProcess> {
  const env = {
    ...process.env,
    ...{ SOCKET_DIR: postgres.socketDir, PGUSER: postgres.user, PORT: String(port), DATA_DIR: folder },
    ...{ BRANDS: '0', BRANDS_FILE: join(folder, 'brands.json') },
  }
  const child = fork(new URL('servers/ours.ts', import.meta.url), {
    ...{ env, execArgv: [...programFlags('ours')], stdio: ['ignore', 'ignore', 'inherit', 'ipc'] },
  })
  await Promise.race([
    once(child, 'message'),
    once(child, 'exit').then(() => Promise.reject(new Error('The server ended before it listened.'))),
  ])
  return child
}

/** Listens as one person's page; `onText` hears each message of a conversation. */
async function listen(
  port: number,
  sessionToken: string,
  onText: (text: string, at: number) => void,
): Promise<IncomingMessage> {
  const request = get({
    ...{ host: '127.0.0.1', port, path: '/api/workspace/events', agent: false },
    headers: { cookie: `c2m-session=${sessionToken}`, origin: `http://127.0.0.1:${port}` },
  })
  const [stream] = (await once(request, 'response')) as [IncomingMessage]
  if (stream.statusCode !== 200) throw new Error(`Listening was answered ${stream.statusCode}.`)
  let rest = ''
  stream.setEncoding('utf8').on('data', (chunk: string) => {
    const now = performance.now()
    const blocks = (rest + chunk).split('\n\n')
    rest = blocks.pop()!
    for (const block of blocks) {
      if (block.startsWith('event: restart'))
        throw new Error('A page had to begin again: the measurement is worthless.')
      if (!block.includes('"kind":"message"')) continue
      const text = /"text":"([^"]*)"/.exec(block)?.[1]
      if (text !== undefined) onText(text, now)
    }
  })
  stream.on('error', () => {})
  return stream
}

/** Milliseconds from the moment each was due until its agent's stream told it, sorted. */
async function replies(
  port: number,
  brand: LiveBrand,
  heard: Map<string, (at: number) => void>,
  count: number,
  round: number,
): Promise<number[]> {
  const idle = await Promise.all(Array.from({ length: connections }, () => httpConnection(port)))
  const everyone = [...idle]
  const took = await atRate(perSecond, count, async (n, due) => {
    const { phone, owner } = brand.consumers[n % brand.consumers.length]!
    const text = `round ${round} message ${n}`
    const key = `${brand.listeners[owner]!.userId} ${text}`
    const told = new Promise<number>((resolve) => heard.set(key, resolve))
    const request = brand.request(phone, text)
    let connection = idle.pop()
    while (connection === undefined) {
      await pause(1)
      connection = idle.pop()
    }
    const status = await connection.send(request)
    idle.push(connection)
    if (status !== 200) throw new Error(`A webhook was answered ${status}.`)
    const late = pause(30_000, null, { ref: false }).then(() => Promise.reject(new Error(`${text} never came.`)))
    const ms = (await Promise.race([told, late])) - due
    heard.delete(key)
    return ms
  })
  for (const connection of everyone) connection.close()
  return took
}

/** Milliseconds from the moment each insert was due until it was durable, sorted. */
function inserts(db: Database, count: number): Promise<number[]> {
  return atRate(perSecond, count, async (n, due) => {
    await db`insert into bare_inserts (body) values (${`message ${n} of a consumer`})`
    return performance.now() - due
  })
}
