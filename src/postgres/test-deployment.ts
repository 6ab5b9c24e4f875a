import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { TestContext } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { mendedDriver as postgres } from '../mended-driver.ts'
import { postgresProcessesIn, postmastersOf } from './process-identity.ts'
import { type EmbeddedPostgres, type StartPostgresOptions, startPostgres } from './start-postgres.ts'

/** Whether the tests run as root: PostgreSQL then runs as `nobody`. */
export const asRoot = process.getuid?.() === 0

/** A DATA_DIR of its own for one test; whatever runs on it at the test's end is ended and the folder removed. */
export interface TestDeployment {
  readonly dataDir: string
  /** PostgreSQL's folder in it. */
  readonly data: string
  /** What the supervisor logged: `level message`. */
  readonly lines: string[]
  start(options?: Partial<StartPostgresOptions>): Promise<EmbeddedPostgres>
  /** The same in another process, which can be killed. */
  spawn(options?: Partial<StartPostgresOptions>): Promise<TestServer>
}

export interface TestServer {
  readonly child: ChildProcess
  /** The line it printed when ready; undefined when it gave up. */
  readonly ready?: { pid: number; socketDir: string; adopted: boolean }
  /** Everything printed so far. */
  readonly out: string[]
  readonly ended: Promise<{ code: number | null; stderr: string }>
}

const undoings = new WeakMap<TestContext, (() => unknown)[]>()

/** Runs `undo` after the test, the last given first (the runner's own hooks run the first one first). */
export function afterwards(t: TestContext, undo: () => unknown): void {
  const undos = undoings.get(t)
  if (undos) return void undos.push(undo)
  const own = [undo]
  undoings.set(t, own)
  t.after(async () => {
    for (const next of own.reverse()) await next()
  })
}

let template: string | undefined

/** A folder that the unprivileged user can pass through, removed after the test. */
export function scratch(t: TestContext, prefix = 'c2m-postgres-'): string {
  const folder = mkdtempSync(join(tmpdir(), prefix))
  if (asRoot) chmodSync(folder, 0o711)
  afterwards(t, () => {
    // A test may have taken its own rights away.
    spawnSync('chmod', ['-R', 'u+rwX', folder])
    rmSync(folder, { recursive: true, force: true })
  })
  return folder
}

/** A deployment with an initialised, stopped database; `empty` leaves that to the first start. */
export async function testDeployment(t: TestContext, kind: 'initialised' | 'empty' = 'initialised', parent?: string) {
  const dataDir = join(parent ?? scratch(t), 'data')
  if (kind === 'initialised') execFileSync('cp', ['-a', await initialised(), dataDir])
  return deploymentAt(t, dataDir)
}

/** The same on a folder that the test prepares itself. */
export function deploymentAt(t: TestContext, dataDir: string): TestDeployment {
  const lines: string[] = []
  const log = (level: string) => (_facts: object, message: string) => void lines.push(`${level} ${message}`)
  const quiet = { info: log('info'), warn: log('warn'), error: log('error') }
  const running: EmbeddedPostgres[] = []
  const data = join(dataDir, 'postgres')
  afterwards(t, async () => {
    for (const pg of running) await pg.stop()
    for (const { pid } of [...postmastersOf(data), ...postgresProcessesIn(data)]) killHard(pid)
  })
  return {
    dataDir,
    data,
    lines,
    async start(options = {}) {
      const pg = await startPostgres({ dataDir, log: quiet, ...options })
      running.push(pg)
      return pg
    },
    spawn: (options = {}) => spawnServer(t, { dataDir, ...options }),
  }
}

/** Runs test-server.ts until it is ready or has given up. `script` names a copy of it elsewhere. */
export async function spawnServer(
  t: TestContext,
  options: Partial<StartPostgresOptions>,
  script = join(import.meta.dirname, 'test-server.ts'),
): Promise<TestServer> {
  const child = spawn(process.execPath, [script, JSON.stringify(options)], {
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  afterwards(t, () => killHard(child.pid))
  const out: string[] = []
  let stderr = ''
  child.stderr.on('data', (chunk) => {
    stderr += chunk
  })
  const ended = new Promise<{ code: number | null; stderr: string }>((resolve) => {
    child.once('close', (code) => resolve({ code, stderr }))
  })
  const lines = createInterface(child.stdout)
  const first = new Promise<string>((resolve) => lines.once('line', resolve))
  lines.on('line', (line) => out.push(line))
  const line = await Promise.race([first, ended.then(() => undefined)])
  return { child, out, ended, ...(line === undefined ? {} : { ready: JSON.parse(line) }) }
}

/** A connection as the server's own, closed after the test. */
export function connect(t: TestContext, { socketDir }: { socketDir: string }) {
  const sql = postgres({
    host: socketDir,
    user: 'c2m',
    database: 'postgres',
    max: 1,
    fetch_types: false,
    onnotice: () => {},
  })
  afterwards(t, () => sql.end({ timeout: 0 }))
  return sql
}

/** Waits for a condition; fails with `what` when it has not come true in 30 s. */
export async function until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  for (let waited = 0; waited < 30_000; waited += 20) {
    if (await holds()) return
    await sleep(20)
  }
  throw new Error(`never came true: ${what}`)
}

/** SIGKILL to a process that the test started; nothing when it has ended. */
export function killHard(pid: number | undefined): void {
  try {
    if (pid) process.kill(pid, 'SIGKILL')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

/** Makes one initialised DATA_DIR per test file and copies it for each test: initdb takes a second. */
async function initialised(): Promise<string> {
  if (template && existsSync(template)) return template
  const parent = mkdtempSync(join(tmpdir(), 'c2m-template-'))
  if (asRoot) chmodSync(parent, 0o711)
  process.on('exit', () => rmSync(parent, { recursive: true, force: true }))
  const made = join(parent, 'data')
  const pg = await startPostgres({ dataDir: made, log: { info() {}, warn() {}, error() {} } })
  await pg.stop()
  template = made
  return made
}
