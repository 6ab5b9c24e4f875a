import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { type Config, ConfigProblem, readConfig } from '../config.ts'
import { locateData } from '../postgres/data-folder.ts'
import { postmasterPid } from '../postgres/postmaster-pid.ts'
import { runAs } from '../postgres/run-as.ts'
import { PostgresProblem, startPostgres } from '../postgres/start-postgres.ts'
import { databaseAway } from '../store/check-database.ts'
import { type Database, type DatabaseTarget, openDatabase } from '../store/db.ts'
import { type Env, Mistake } from './command.ts'

const silent = { info() {}, warn() {}, error() {} }

/**
 * Runs `work` on the deployment's database: the one of DATABASE_URL, the embedded one of a server that runs, or else the
 * embedded one, started for as long as this takes.
 * @param mayBegin whether an empty DATA_DIR may get a database.
 * @throws Mistake in a sentence
 */
export async function onDeploymentDatabase<T>(
  env: Env,
  mayBegin: boolean,
  work: (db: Database, target: DatabaseTarget) => Promise<T>,
): Promise<T> {
  let isNamed = false
  try {
    const config = readConfig(env)
    isNamed = config.databaseUrl !== null
    const { target, stop } = await targetOf(config, mayBegin)
    const db = openDatabase(target, { max: 3, name: 'c2m command line' })
    try {
      return await work(db, target)
    } finally {
      await db.end({ timeout: 2 })
      await stop()
    }
  } catch (error) {
    if (error instanceof ConfigProblem || error instanceof PostgresProblem) throw new Mistake(error.message)
    const { code } = error as { code?: unknown }
    const away = isNamed ? databaseAway(error) : null
    if (away !== null) throw new Mistake(away.message)
    if (['ECONNREFUSED', 'EACCES', 'ENOENT', 'CONNECT_TIMEOUT', 'ENOTFOUND', '28P01', '28000'].includes(String(code))) {
      throw new Mistake(`The database cannot be reached (${code}); run this as the user the server runs as.`)
    }
    if (code === '42P01') throw new Mistake('The database has no tables yet: run "c2m migrate" or start the server.')
    throw error
  }
}

async function targetOf(config: Config, mayBegin: boolean): Promise<{ target: DatabaseTarget; stop(): Promise<void> }> {
  const nothing = async () => {}
  if (config.databaseUrl !== null) return { target: { url: config.databaseUrl }, stop: nothing }
  const { dataDir } = config
  const begun = ['postgres', 'postgres.location'].some((name) => existsSync(join(dataDir, name)))
  if (!begun && !mayBegin)
    throw new Mistake(`There is no database in ${dataDir} yet; DATA_DIR names the server's folder.`)
  const embedded = { user: 'c2m', database: 'postgres' }
  if (existsSync(dataDir)) {
    const { path } = await locateData(dataDir, await runAs(config.postgresRunAs))
    const running = existsSync(path) ? postmasterPid(path) : { state: 'none' as const }
    if (running.state === 'live') return { target: { ...embedded, socketDir: running.socketFolder }, stop: nothing }
  }
  const started = await startPostgres({ dataDir, log: silent, runAs: config.postgresRunAs })
  return { target: { ...embedded, socketDir: started.socketDir }, stop: () => started.stop() }
}
