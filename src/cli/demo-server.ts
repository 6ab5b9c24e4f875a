import { type ChildProcess, spawn } from 'node:child_process'
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { startPostgres } from '../postgres/start-postgres.ts'
import type { Env } from './command.ts'

/** A server of its own for the demo: fresh data folder, free port, loopback only. */
export interface DemoServer {
  readonly url: string
  readonly dataDir: string
  /** Ends the server and its database, and removes every trace. */
  stop(): Promise<void>
}

/** An empty data folder on a slow machine takes half of this. */
const startMs = 45_000
/** The server drains within 15 s by its own promise. */
const stopMs = 20_000
/** What the server takes from the demo's environment; a setting of the real deployment must not leak in. */
const inherited = [
  'PATH',
  'HOME',
  'USER',
  'TMPDIR',
  'LANG',
  'TZ',
  'LD_LIBRARY_PATH',
  'POSTGRES_RUN_AS',
  'NODE_COMPILE_CACHE',
]

/**
 * @param signal ends the start; what was begun is stopped then, too.
 * @throws Error with the last lines of the server's output when it does not start.
 */
export async function startDemoServer(env: Env, signal?: AbortSignal): Promise<DemoServer> {
  const dataDir = await mkdtemp(join(tmpdir(), 'c2m-demo-'))
  // As root the database runs as another user, who must be able to pass; nothing in it is readable by others.
  await chmod(dataDir, 0o711)
  const output: string[] = []
  const child = spawn(process.execPath, [join(import.meta.dirname, '../main.ts')], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...Object.fromEntries(inherited.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]]]))),
      ...{ DATA_DIR: dataDir, HOST: '127.0.0.1', PORT: '0', SANDBOX: 'on', KEEPER: 'off', LOG_LEVEL: 'warn' },
    },
  })
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      output.push(text)
      if (output.length > 50) output.shift()
    })
  }
  const stop = () => stopDemoServer(child, dataDir)
  try {
    return { url: await ready(child, dataDir, output, signal), dataDir, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

async function ready(
  child: ChildProcess,
  dataDir: string,
  output: readonly string[],
  signal?: AbortSignal,
): Promise<string> {
  const deadline = performance.now() + startMs
  while (performance.now() < deadline && child.exitCode === null && child.signalCode === null) {
    signal?.throwIfAborted()
    const note = await readFile(join(dataDir, 'server.json'), 'utf8').catch(() => null)
    if (note !== null) {
      const { url } = JSON.parse(note) as { url: string }
      const answer = await fetch(`${url}/health/ready`).catch(() => null)
      if (answer?.ok === true) return url
    }
    await sleep(50)
  }
  throw new Error(
    `The server did not start. Its last words:\n${output.join('').trim().split('\n').slice(-15).join('\n')}`,
  )
}

async function stopDemoServer(child: ChildProcess, dataDir: string): Promise<void> {
  const gone = new Promise<void>((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) resolve()
    else child.once('exit', () => resolve())
  })
  child.kill('SIGTERM')
  const inTime = await Promise.race([gone.then(() => true), sleep(stopMs, false, { ref: false })])
  if (!inTime) {
    child.kill('SIGKILL')
    await gone
    // A killed server leaves its database running: adopt it, to end it properly.
    const orphan = await startPostgres({ dataDir, log: { info() {}, warn() {}, error() {} } }).catch(() => null)
    await orphan?.stop()
  }
  const elsewhere = await readFile(join(dataDir, 'postgres.location'), 'utf8').catch(() => '')
  if (elsewhere.trim() !== '') await rm(elsewhere.trim(), { recursive: true, force: true })
  await rm(dataDir, { recursive: true, force: true })
}
