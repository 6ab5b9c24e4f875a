import { type ChildProcess, fork } from 'node:child_process'
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { startPostgres } from '../src/postgres/start-postgres.ts'
import { openDatabase } from '../src/store/db.ts'
import { freePort } from '../test/test-server.ts'
import { programFlags } from './bench-stage.ts'
import { type BenchBrand, type RequestMaker, signedRequests, tokenRequests } from './eligibility-requests.ts'
import { closedLoop, type Measured, openLoop } from './load.ts'
import { printRatios, type Ratio } from './ratios.ts'

/*
 * The eligibility rows of design section 11: ours against two baseline handlers, each in a process of its own, on one
 * embedded PostgreSQL, under the same requests from the same generator, in alternating rounds. A shared machine makes
 * every absolute number doubtful; a ratio of neighbours in time much less so. Beside them the least that a durable handler
 * does, against the same baseline as ours: what it misses, the machine leaves to nobody.
 */
const connections = 64
const brandCount = 200
const openLoopPerSecond = 200
const servers = ['ours', 'plain', 'bare', 'least'] as const
type ServerName = (typeof servers)[number]
type Round = Readonly<Record<ServerName, Measured & { readonly cpu: number }>>

/** A server in a process of its own. */
interface Server {
  readonly port: number
  readonly child: ChildProcess
}

/** @param options `--rounds 7`, `--seconds 3` a server and round, `--only key` or `token`. */
export async function benchEligibility(options: readonly string[]): Promise<boolean> {
  const { values } = parseArgs({
    args: [...options],
    options: {
      rounds: { type: 'string', default: '7' },
      seconds: { type: 'string', default: '3' },
      only: { type: 'string' },
    },
  })
  const rounds = Number(values.rounds)
  const seconds = Number(values.seconds)
  const folder = await mkdtemp(join(tmpdir(), 'c2m-bench-'))
  // As root, PostgreSQL runs as another user, who must be able to pass through.
  await chmod(folder, 0o711)
  const quiet = { info() {}, warn() {}, error() {} }
  const postgres = await startPostgres({ dataDir: folder, log: quiet })
  console.log(`PostgreSQL is process ${postgres.pid}.`)
  const children: ChildProcess[] = []
  try {
    const admin = openDatabase({ ...postgres, database: 'postgres' }, { max: 1, name: 'bench' })
    await admin`create database ours`
    await admin`create database plain`
    await admin.end()
    const brandsFile = join(folder, 'brands.json')
    const env = {
      ...process.env,
      SOCKET_DIR: postgres.socketDir,
      PGUSER: postgres.user,
      PORT: String(await freePort()),
      DATA_DIR: folder,
      BRANDS: String(brandCount),
      BRANDS_FILE: brandsFile,
    }
    const running = {} as Record<ServerName, Server>
    for (const name of servers) running[name] = await startServer(name, env, children)
    const brands = JSON.parse(await readFile(brandsFile, 'utf8')) as BenchBrand[]
    const publicUrl = `http://127.0.0.1:${running.ours.port}`
    const kinds: [string, RequestMaker][] = [
      ['key', signedRequests(publicUrl, brands)],
      ['token', await tokenRequests(publicUrl, brands)],
    ]
    const ratios: Ratio[] = []
    for (const [kind, make] of kinds.filter(([kind]) => values.only === undefined || kind === values.only)) {
      const name = kind === 'key' ? 'API key, OAuth 1.0a' : 'AppJWT'
      ratios.push(...(await underFullLoad(name, running, make, rounds, seconds)))
      ratios.push(...(await atFixedRate(name, running, make, rounds, seconds)))
    }
    return printRatios(ratios)
  } finally {
    await Promise.all(children.map(ended))
    await postgres.stop()
    await rm(folder, { recursive: true, force: true })
  }
}

/**
 * Standard output goes to nowhere: ours logs a line a request, and where to is not what is measured.
 */
async function startServer(name: ServerName, env: NodeJS.ProcessEnv, children: ChildProcess[]): Promise<Server> {
  const child = fork(new URL(`servers/${name}.ts`, import.meta.url), {
    env,
    execArgv: [...programFlags(name)],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  children.push(child)
  return new Promise((resolve, reject) => {
    child.once('message', (message) => resolve({ port: (message as { port: number }).port, child }))
    child.once('exit', (code) => reject(new Error(`The server "${name}" ended with ${code} before it listened.`)))
  })
}

async function underFullLoad(
  name: string,
  running: Record<ServerName, Server>,
  make: RequestMaker,
  rounds: number,
  seconds: number,
): Promise<Ratio[]> {
  let most = 2_000
  const measured = await alternate(running, rounds, async (server) => {
    const requests = Array.from({ length: Math.ceil(most * seconds * 1.5) }, make)
    const result = await closedLoop(running[server].port, requests, { connections, seconds })
    most = Math.max(most, result.requestsPerSecond)
    return result
  })
  show(`${name}, ${connections} connections`, measured)
  const each = (ratio: (round: Round) => number) => measured.map(ratio)
  return [
    {
      what: `${name}: requests a second, ours / one select and one insert`,
      values: each(({ ours, plain }) => ours.requestsPerSecond / plain.requestsPerSecond),
      bar: { atLeast: 2 },
    },
    {
      what: `${name}: requests a second, ours / validates and answers`,
      values: each(({ ours, bare }) => ours.requestsPerSecond / bare.requestsPerSecond),
      bar: { atLeast: 0.8 },
    },
    {
      what: `${name}: p99, ours / one select and one insert`,
      values: each(({ ours, plain }) => ours.p99 / plain.p99),
      bar: { atMost: 1 },
    },
    {
      what: `${name}: requests a second, validates and stores / validates and answers`,
      values: each(({ least, bare }) => least.requestsPerSecond / bare.requestsPerSecond),
      bar: null,
    },
  ]
}

async function atFixedRate(
  name: string,
  running: Record<ServerName, Server>,
  make: RequestMaker,
  rounds: number,
  seconds: number,
): Promise<Ratio[]> {
  const measured = await alternate(running, rounds, (server) => {
    const requests = Array.from({ length: Math.ceil(openLoopPerSecond * seconds) }, make)
    return openLoop(running[server].port, requests, { connections, perSecond: openLoopPerSecond })
  })
  show(`${name}, ${openLoopPerSecond} requests a second`, measured)
  return [
    {
      what: `${name}: p99 at ${openLoopPerSecond} requests a second, ours / validates and answers`,
      values: measured.map(({ ours, bare }) => ours.p99 / bare.p99),
      bar: { atMost: 3 },
    },
    {
      what: `${name}: p99 at ${openLoopPerSecond} requests a second, validates and stores / validates and answers`,
      values: measured.map(({ least, bare }) => least.p99 / bare.p99),
      bar: null,
    },
  ]
}

/** One round to warm up, then each round lets every server go once, beginning with another one each time. */
async function alternate(
  running: Record<ServerName, Server>,
  rounds: number,
  measure: (server: ServerName) => Promise<Measured>,
): Promise<Round[]> {
  const all: Round[] = []
  for (let round = 0; round <= rounds; round++) {
    const result = {} as Record<ServerName, Measured & { cpu: number }>
    for (let turn = 0; turn < servers.length; turn++) {
      const server = servers[(round + turn) % servers.length]!
      const before = await cpuOf(running[server])
      const measured = await measure(server)
      result[server] = { ...measured, cpu: ((await cpuOf(running[server])) - before) / measured.requests }
    }
    if (round > 0) all.push(result)
  }
  return all
}

/** Without us a server ends by itself, and writes its profile if it was to make one. */
async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || !child.connected) return
  const exited = new Promise((resolve) => child.once('exit', resolve))
  child.disconnect()
  await exited
}

/** Processor time that the server's process has used so far, in microseconds. */
function cpuOf({ child }: Server): Promise<number> {
  return new Promise((resolve) => {
    child.once('message', (message) => resolve((message as { cpu: number }).cpu))
    child.send('usage?')
  })
}

function show(title: string, rounds: readonly Round[]): void {
  console.log(`\n${title}`)
  for (const server of servers) {
    const cells = rounds.map((round) => {
      const { requestsPerSecond, p50, p99, cpu } = round[server]
      return `${requestsPerSecond.toFixed(0)}/s p50 ${p50.toFixed(2)} p99 ${p99.toFixed(2)} cpu ${cpu.toFixed(0)} µs`
    })
    console.log(`  ${server.padEnd(6)} ${cells.join(' | ')}`)
  }
}
