import { type ChildProcess, spawn } from 'node:child_process'
import { appendFile, chmod, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { childEnvironment } from './child-environment.ts'
import { freePort } from './test-server.ts'

export interface ServerProcess {
  readonly url: string
  readonly dataDir: string
  /** The process that serves: the one to kill. With the keeper it changes at each restart. */
  pid(): Promise<number>
  /** What the sandbox gave, as in DATA_DIR/sandbox.json. */
  sandbox(): Promise<SandboxFile>
  /** Everything printed so far. */
  output(): string
  /** Resolves with the exit code, or the signal's name, of the started process. */
  readonly ended: Promise<number | string>
  signal(name: NodeJS.Signals): void
  ready(withinMs?: number): Promise<void>
  /** Stops it if it still runs, and removes its folder when this made it. */
  close(): Promise<void>
}

export interface SandboxFile {
  accountId: string
  baseUrl: string
  apiKey: { appKey: string; secret: string; accessToken: string; accessTokenSecret: string }
  app: { clientId: string; clientSecret: string }
  users: { email: string; password: string; role: string }[]
  handoffs: { sms: string; wa: string; inapp: string }
}

const root = join(import.meta.dirname, '..')

/** The real server as `npm start` runs it, on a free port and a folder of its own; resolves at once, see `ready`. */
export async function serverProcess(
  options: { env?: Record<string, string>; dataDir?: string; keeper?: boolean; port?: number } = {},
): Promise<ServerProcess> {
  const dataDir = options.dataDir ?? (await mkdtemp(join(tmpdir(), 'c2m-server-')))
  // As root, PostgreSQL runs as another user, who must be able to pass through.
  if (options.dataDir === undefined) await chmod(dataDir, 0o711)
  const port = options.port ?? (await freePort())
  const url = `http://127.0.0.1:${port}`
  const child: ChildProcess = spawn(process.execPath, [join(root, 'src', 'main.ts')], {
    cwd: root,
    env: {
      ...childEnvironment,
      HOME: process.env.HOME ?? '',
      TMPDIR: tmpdir(),
      PORT: String(port),
      DATA_DIR: dataDir,
      KEEPER: options.keeper === true ? 'on' : 'off',
      NODE_NO_WARNINGS: '1',
      ...options.env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  })
  let output = ''
  for (const stream of [child.stdout!, child.stderr!]) {
    stream.setEncoding('utf8')
    stream.on('data', (text: string) => {
      output += text
    })
  }
  const ended = new Promise<number | string>((resolve) =>
    child.once('close', (code, signal) => resolve(code ?? signal ?? 'gone')),
  )
  let over = false
  void ended.then(() => {
    over = true
  })

  return {
    url,
    dataDir,
    async pid() {
      return (JSON.parse(await readFile(join(dataDir, 'server.json'), 'utf8')) as { pid: number }).pid
    },
    async sandbox() {
      return JSON.parse(await readFile(join(dataDir, 'sandbox.json'), 'utf8')) as SandboxFile
    },
    output: () => output,
    ended,
    signal(name) {
      if (!over) child.kill(name)
    },
    async ready(withinMs = 30_000) {
      const until = performance.now() + withinMs
      while (performance.now() < until) {
        if (over) throw new Error(`The server ended before it was ready:\n${output}`)
        const answer = await fetch(`${url}/health/ready`, { signal: AbortSignal.timeout(1_000) }).catch(() => null)
        if (answer?.status === 200 && output.includes('"msg":"ready"')) return
        await pause(50)
      }
      throw new Error(`The server was not ready within ${withinMs} ms:\n${output}`)
    },
    async close() {
      if (!over) child.kill('SIGTERM')
      const timer = setTimeout(() => process.kill(-child.pid!, 'SIGKILL'), 20_000)
      await ended
      clearTimeout(timer)
      const folder = process.env.C2M_TEST_LOGS
      // The welcome shows the sandbox's own credentials on purpose; every line of the log begins with a brace.
      if (folder !== undefined) {
        const lines = output.split('\n').filter((line) => line.startsWith('{'))
        await appendFile(join(folder, `${process.pid}.log`), `${lines.join('\n')}\n`)
      }
      if (options.dataDir === undefined) await rm(dataDir, { recursive: true, force: true })
    },
  }
}
