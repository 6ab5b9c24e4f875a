import { join } from 'node:path'
import { binaries, installedPackage } from './binaries.ts'
import { checkData, initialiseData, locateData, moveInterruptedAside, openDataDir, SUPERUSER } from './data-folder.ts'
import { type LaunchPlan, launch } from './launch.ts'
import { type Ownership, ownership } from './ownership.ts'
import { runAs } from './run-as.ts'
import { type Supervised, type SupervisorLog, supervise } from './supervise.ts'
import { takeOver } from './take-over.ts'

export { PostgresProblem, type PostgresProblemCode } from './postgres-problem.ts'

/** The deployment's own PostgreSQL, running and watched. */
export interface EmbeddedPostgres {
  /** Folder of the unix socket (mode 0700): the `host` to connect to, port 5432. */
  readonly socketDir: string
  /** The superuser's role; no password, the private folder is the proof of identity. */
  readonly user: string
  /** Whether a live server that an earlier, killed process had left on this data was taken over. */
  readonly adopted: boolean
  /** The postmaster's present process id. */
  readonly pid: number
  /** Checkpoints and ends PostgreSQL, last of all; resolves when it is gone, whatever state it was in. */
  stop(): Promise<void>
}

export interface StartPostgresOptions {
  /** The deployment's DATA_DIR; PostgreSQL's data goes to `postgres` in it. Made when missing. */
  readonly dataDir: string
  readonly log: SupervisorLog
  /** Further PostgreSQL settings, such as `{ max_connections: '200' }`; they win over ours. */
  readonly settings?: Readonly<Record<string, string>>
  /** Who PostgreSQL runs as when the server runs as root; default `nobody`. */
  readonly runAs?: string
  /** Folders in which a root server may make one that the unprivileged user can reach; the first that serves is taken. */
  readonly reachableFolders?: readonly string[]
}

/**
 * Starts the embedded PostgreSQL of one DATA_DIR, or adopts the one that a killed server left running there.
 * Throws PostgresProblem: a code and one sentence that names the path, its owner and the mend.
 */
export async function startPostgres(options: StartPostgresOptions): Promise<EmbeddedPostgres> {
  const { log } = options
  const runner = await runAs(options.runAs)
  const dataDir = openDataDir(options.dataDir, runner)
  const owned = await ownership(dataDir)
  try {
    const programs = await binaries(
      runner,
      installedPackage(),
      join(dataDir, 'postgres-programs'),
      options.reachableFolders,
    )
    const folder = await locateData(dataDir, runner, options.reachableFolders)
    for (const path of moveInterruptedAside(folder.home)) log.warn({ path }, 'moved a half-made data folder aside')
    if (!checkData(folder.path, runner, programs)) await initialiseData(folder, dataDir, runner, programs.initdb)
    const plan: LaunchPlan = {
      program: programs.postgres,
      version: programs.version,
      home: folder.home,
      dataFolder: folder.path,
      runner,
      settings: options.settings ?? {},
    }
    const orphan = await takeOver(plan, log)
    const supervised = supervise(orphan ?? (await launch(plan)), plan, log)
    const adopted = orphan !== undefined
    log.info({ pid: supervised.running.postmaster.pid, adopted, path: folder.path }, 'PostgreSQL is ready')
    return handle(supervised, adopted, owned)
  } catch (error) {
    owned.release()
    throw error
  }
}

function handle(supervised: Supervised, adopted: boolean, owned: Ownership): EmbeddedPostgres {
  let stopping: Promise<void> | undefined
  return {
    get socketDir() {
      return supervised.running.socketFolder
    },
    get pid() {
      return supervised.running.postmaster.pid
    },
    user: SUPERUSER,
    adopted,
    stop() {
      stopping ??= supervised.stop().finally(() => owned.release())
      return stopping
    },
  }
}
