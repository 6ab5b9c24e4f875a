import { rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { buildApp } from './app.ts'
import { type Config, ConfigProblem, readConfig } from './config.ts'
import { reapplyErasures } from './data-rights/reapply-erasures.ts'
import { makeDeps } from './deps.ts'
import { startWorker } from './jobs/index.ts'
import { localAddress } from './local-address.ts'
import { type Logger, log } from './log.ts'
import { type MadeSecrets, madeSecrets } from './made-secrets.ts'
import { onStopSignal } from './on-stop-signal.ts'
import { openDataDir } from './postgres/data-folder.ts'
import { PostgresProblem, startPostgres } from './postgres/start-postgres.ts'
import { SandboxTaken, seedSandbox } from './sandbox.ts'
import { checkDatabase, DatabaseAway, DatabaseUnfit } from './store/check-database.ts'
import { cipher } from './store/cipher.ts'
import { type Database, type DatabaseTarget, openDatabase } from './store/db.ts'
import { migrate, SchemaTooNew } from './store/migrate.ts'
import { migrateQueue } from './store/migrate-queue.ts'
import { hasSecretKey, isSecretKeyOf } from './store/secret-key.ts'
import { welcome } from './welcome.ts'
import { within } from './within.ts'
import { writeWholeFile } from './write-whole-file.ts'

/** The whole drain, in milliseconds: half of the 30 s that init systems usually give. After it the process ends anyway. */
const drainMs = 15_000

/** For requests under way, in milliseconds: longer than an invite waits (unless it was told to), and the steps after it have time left. */
const requestsMs = 8_000

/** A step of stopping, named for the log of a stop that hangs. */
interface Step {
  readonly name: string
  run(): Promise<unknown>
}

/**
 * Starts what the settings ask for, in order, and stops it in reverse: first no new work, the database last.
 * Never returns a fault: a wrong setting or an unfit database ends the process with one sentence and a sysexits.h code.
 */
export async function serve(env: NodeJS.ProcessEnv): Promise<void> {
  const started: Step[] = []
  let logger: Logger | undefined
  try {
    const config = readConfig(env)
    logger = log(config.logLevel)
    await start(config, logger, started)
  } catch (error) {
    for (const step of started.reverse()) await step.run().catch(() => {})
    const decided = exitCodeOf(error)
    process.stderr.write(
      `${decided === null ? `The server could not start: ${(error as Error).stack}` : (error as Error).message}\n`,
    )
    process.exit(decided ?? 1)
  }
}

/** A fault that a person must mend, told in a sentence; null: a bug or a crash, worth another start. */
function exitCodeOf(error: unknown): number | null {
  if (error instanceof PostgresProblem) return error.exitCode
  if (error instanceof DatabaseAway) return 69
  const unfit = [ConfigProblem, DatabaseUnfit, SchemaTooNew, SandboxTaken]
  if (unfit.some((kind) => error instanceof kind)) return 78
  return null
}

async function start(given: Config, logger: Logger, started: Step[]): Promise<void> {
  const readiness = { starting: true, draining: false }
  stopOnSignal(logger, started, readiness)

  // First of all, since it claims DATA_DIR: nothing may be written into the folder of a server that runs.
  const target = await databaseTarget(given, logger, started)
  const db = openDatabase(target, { max: given.databasePoolSize, name: `c2m ${given.role}` })
  started.push({ name: 'database connections', run: () => db.end({ timeout: 2 }) })
  for (const sentence of await checkDatabase(target)) logger.warn(sentence)
  const applied = await migrate(db)
  if (applied.length > 0) logger.info({ applied }, 'schema brought up to date')
  await migrateQueue(target)

  const secrets = await secretsOf(given, db)
  const port = given.port === 0 ? await freePort(given.host) : given.port
  const config: Config = { ...given, ...secrets, port }
  const publicUrl = config.publicUrl ?? `http://${config.host.includes(':') ? `[${config.host}]` : config.host}:${port}`
  const deps = makeDeps({ config, publicUrl, log: logger, db, databaseTarget: target, secretKey: secrets.secretKey })
  if (config.role !== 'api') {
    const forgotten = await reapplyErasures(deps)
    if (forgotten.length > 0)
      logger.warn({ erasures: forgotten.length }, 'the database is older than erasures; they are done again')
  }
  await deps.accounts.start()
  started.push({ name: 'configuration listener', run: () => deps.accounts.stop() })
  started.push({ name: 'work in the background', run: () => Promise.allSettled(deps.background) })

  const app = await buildApp(deps, readiness)
  if (config.role !== 'api') {
    const worker = await startWorker(deps)
    started.push({ name: 'worker', run: () => worker.stop() })
  }
  started.push({ name: 'requests', run: () => closeDoors(app, logger) })
  await listen(app, config)

  const sandbox = config.sandbox ? await seedSandbox(deps, config.dataDir) : null
  const noteOfServer = join(config.dataDir, 'server.json')
  await writeWholeFile(
    noteOfServer,
    JSON.stringify({ url: publicUrl, local: localAddress(config.host, config.port), pid: process.pid }),
  )
  readiness.starting = false
  started.push({ name: 'note of the server', run: () => rm(noteOfServer, { force: true }) })
  logger.info({ url: publicUrl, role: config.role }, 'ready')
  // To the keeper, if there is one.
  process.send?.({ serves: true })
  welcome(publicUrl, config.dataDir, sandbox)
}

async function databaseTarget(config: Config, logger: Logger, started: Step[]): Promise<DatabaseTarget> {
  if (config.databaseUrl !== null) {
    openDataDir(config.dataDir, { drop: false })
    return { url: config.databaseUrl }
  }
  const postgres = await startPostgres({ dataDir: config.dataDir, log: logger, runAs: config.postgresRunAs })
  started.push({ name: 'PostgreSQL', run: () => postgres.stop() })
  return { socketDir: postgres.socketDir, user: postgres.user, database: 'postgres' }
}

/** @throws ConfigProblem when the secret key is not the one that the database's secrets are stored with. */
async function secretsOf(config: Config, db: Database): Promise<MadeSecrets> {
  const secrets = await madeSecrets(config, !(await hasSecretKey(db)))
  if (await isSecretKeyOf(db, cipher(secrets.secretKey))) return secrets
  const place = config.secretKey === null ? join(config.dataDir, 'secret.key') : 'C2M_SECRET_KEY'
  throw new ConfigProblem(
    `${place} is not the key that this database's secrets are stored with. Put the right secret.key into ${config.dataDir}, or name it in C2M_SECRET_KEY.`,
  )
}

async function listen(app: Awaited<ReturnType<typeof buildApp>>, config: Config): Promise<void> {
  try {
    await app.listen({ host: config.host, port: config.port })
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'EADDRINUSE')
      throw new ConfigProblem(`PORT is wrong: ${config.port} on ${config.host} is in use by another program.`)
    if (code === 'EACCES') throw new ConfigProblem(`PORT is wrong: this user may not listen on ${config.port}.`)
    if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND')
      throw new ConfigProblem(`HOST is wrong: ${config.host} is not an address of this machine.`)
    throw error
  }
}

/** Lets requests under way be answered. Whoever has sent half of one may never send the rest: it is cut off in the end. */
async function closeDoors(app: Awaited<ReturnType<typeof buildApp>>, logger: Logger): Promise<void> {
  const closed = app.close()
  if (await within(requestsMs, closed)) return closed
  logger.warn('requests are still open; their connections are cut')
  app.server.closeAllConnections()
  await closed
}

function stopOnSignal(logger: Logger, started: Step[], readiness: { draining: boolean }): void {
  const stop = async (signal: string) => {
    readiness.draining = true
    logger.info({ signal }, 'stopping')
    let current = 'nothing'
    setTimeout(() => {
      logger.error({ step: current }, 'stopping took too long; ending now')
      process.exit(1)
    }, drainMs).unref()
    for (const step of started.reverse()) {
      current = step.name
      await step.run().catch((error) => logger.error({ err: error, step: step.name }, 'a step of stopping failed'))
    }
    logger.info('stopped')
    process.exit(0)
  }
  onStopSignal(
    (signal) => void stop(signal),
    () => process.exit(130),
  )
  for (const name of ['uncaughtException', 'unhandledRejection'] as const) {
    process.on(name, (error) => {
      // Half a server is worse than none: the keeper, or the init system, starts a whole one.
      logger.fatal({ err: error }, name)
      process.exit(1)
    })
  }
}

/** The public URL, which signatures cover, must be known before listening. */
function freePort(host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer()
    probe.once('error', reject)
    probe.listen(0, host, () => {
      const { port } = probe.address() as { port: number }
      probe.close(() => resolve(port))
    })
  })
}
