import { randomBytes } from 'node:crypto'
import { appendFile, mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { FastifyInstance } from 'fastify'
import { buildApp } from '../src/app.ts'
import type { Connector } from '../src/channels/connector.ts'
import { readConfig } from '../src/config.ts'
import { type Deps, makeDeps } from '../src/deps.ts'
import type { Clock } from '../src/domain/clock.ts'
import { type Logger, log } from '../src/log.ts'
import { type TestDatabase, testDatabase } from './test-database.ts'

export interface TestServer {
  readonly url: string
  readonly app: FastifyInstance
  readonly deps: Deps
  readonly database: TestDatabase
  /** Every line the server logged, for what a test wants to find there, or not. */
  readonly logged: string[]
  close(): Promise<void>
}

/** A whole server on a free loopback port, with a database of its own. Workers are started by the tests that need them. */
export async function testServer(
  options: {
    env?: Record<string, string>
    clock?: Clock
    connectors?: readonly Connector[]
    database?: TestDatabase
  } = {},
): Promise<TestServer> {
  const database = options.database ?? (await testDatabase())
  const dataDir = await mkdtemp(join(tmpdir(), 'c2m-data-'))
  const port = await freePort()
  const config = readConfig({
    PORT: String(port),
    DATA_DIR: dataDir,
    LOG_LEVEL: 'info',
    SANDBOX: 'off',
    DANGEROUS_ALLOW_PRIVATE_NETWORKS: 'on',
    OPERATOR_TOKEN: randomBytes(32).toString('base64url'),
    ...options.env,
  })
  const logged: string[] = []
  const logger: Logger = log(config.logLevel, { write: (line) => void logged.push(line) })
  const deps = makeDeps({
    config,
    publicUrl: config.publicUrl ?? `http://127.0.0.1:${port}`,
    log: logger,
    db: database.open(config.databasePoolSize),
    databaseTarget: { socketDir: database.socketDir, user: database.user, database: database.name },
    secretKey: config.secretKey ?? randomBytes(32),
    ...(options.clock === undefined ? {} : { clock: options.clock }),
    ...(options.connectors === undefined ? {} : { connectors: options.connectors }),
  })
  await deps.accounts.start()
  const readiness = { draining: false }
  const app = await buildApp(deps, readiness)
  await app.listen({ host: '127.0.0.1', port })
  return {
    url: `http://127.0.0.1:${port}`,
    app,
    deps,
    database,
    logged,
    async close() {
      await keepForCanary(logged, await deps.metrics.registry.metrics())
      readiness.draining = true
      await app.close()
      await Promise.allSettled(deps.background)
      await deps.accounts.stop()
      if (options.database === undefined) await database.drop()
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}

/** What this server logged and measured, for the canary that reads it all at the end of the run (scripts/test.ts). */
export async function keepForCanary(logged: readonly string[], metrics: string): Promise<void> {
  const folder = process.env.C2M_TEST_LOGS
  if (folder !== undefined) await appendFile(join(folder, `${process.pid}.log`), `${logged.join('')}${metrics}`)
}

/** A port that was free a moment ago: the public URL, which signatures cover, must be known before listening. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer()
    probe.once('error', reject)
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as { port: number }
      probe.close(() => resolve(port))
    })
  })
}
