import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import postgres from 'postgres'
import { heapFlags } from '../src/heap-flags.ts'
import { startPostgres } from '../src/postgres/start-postgres.ts'
import { type Database, openDatabase } from '../src/store/db.ts'
import { freePort } from '../test/test-server.ts'

/** A program of `bench/servers` in a process of its own. */
export interface BenchProcess {
  readonly port: number
  readonly child: ChildProcess
  /** Processor time used so far (µs), resident memory now and at its most (bytes). */
  usage(): Promise<{ readonly cpu: number; readonly rss: number; readonly peakRss: number }>
}

/** One embedded PostgreSQL in a folder of its own, and the processes that use it. */
export interface BenchStage {
  readonly folder: string
  /** Makes an empty database. */
  createDatabase(name: string): Promise<void>
  /** Closed with the stage. */
  open(name: string, max: number): Database
  /** One connection on which a statement may take as long as it takes. Closed with the stage. */
  patient(name: string): postgres.Sql
  start(program: string, env?: Readonly<Record<string, string>>): Promise<BenchProcess>
}

/** Runs `work` on a new stage and clears it away, whatever becomes of it. */
export async function onStage<T>(work: (stage: BenchStage) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'c2m-bench-'))
  // As root, PostgreSQL runs as another user, who must be able to pass through.
  await chmod(folder, 0o711)
  const embedded = await startPostgres({ dataDir: folder, log: { info() {}, warn() {}, error() {} } })
  const children: ChildProcess[] = []
  const pools: postgres.Sql[] = []
  const open = (database: string, max: number) => {
    const pool = openDatabase({ ...embedded, database }, { max, name: 'bench', patienceMs: 600_000 })
    pools.push(pool)
    return pool
  }
  try {
    return await work({
      folder,
      open,
      async createDatabase(name) {
        const admin = openDatabase({ ...embedded, database: 'postgres' }, { max: 1, name: 'bench' })
        await admin`create database ${admin(name)}`
        await admin.end()
      },
      patient(database) {
        const path = `${embedded.socketDir}/.s.PGSQL.5432`
        const one = postgres({
          path,
          user: embedded.user,
          database,
          max: 1,
          onnotice: () => {},
          connection: { TimeZone: 'UTC' },
        })
        pools.push(one)
        return one
      },
      async start(program, env = {}) {
        const child = fork(new URL(`servers/${program}.ts`, import.meta.url), {
          env: {
            ...process.env,
            ...{ SOCKET_DIR: embedded.socketDir, PGUSER: embedded.user, DATA_DIR: folder },
            ...{ PORT: String(await freePort()), BRANDS: '0', BRANDS_FILE: join(folder, 'brands.json') },
            ...env,
          },
          execArgv: [...programFlags(program)],
          // Ours logs a line a request, and where to is not what is measured.
          stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
        })
        children.push(child)
        const [message] = (await Promise.race([
          once(child, 'message'),
          once(child, 'exit').then(([code]) => Promise.reject(new Error(`"${program}" ended with ${code} too soon.`))),
        ])) as [{ port: number }]
        return { port: message.port, child, usage: () => usageOf(child) }
      },
    })
  } finally {
    await Promise.all(children.map(ended))
    await Promise.all(pools.map((pool) => pool.end({ timeout: 1 })))
    await embedded.stop()
    await rm(folder, { recursive: true, force: true })
  }
}

/** Ours runs as its keeper would run it. BENCH_PROFILE=ours leaves a processor profile of that program in `bench/profiles`. */
export const programFlags = (program: string): readonly string[] => [
  ...(program === 'ours' ? heapFlags : []),
  ...(process.env.BENCH_PROFILE === program ? ['--cpu-prof', '--cpu-prof-dir=bench/profiles'] : []),
]

async function usageOf(child: ChildProcess) {
  const answered = once(child, 'message')
  child.send('usage?')
  const [message] = await answered
  return message as { cpu: number; rss: number; peakRss: number }
}

/** Without us a process ends by itself, and writes its profile if it was to make one. */
async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || !child.connected) return
  const exited = once(child, 'exit')
  child.disconnect()
  await exited
}
