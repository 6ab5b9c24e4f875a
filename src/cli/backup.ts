import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { BackupProblem } from '../backup/manifest.ts'
import { checkBackup, restoreBackup } from '../backup/restore-backup.ts'
import { settleRestored } from '../backup/settle-restored.ts'
import { takeBackup } from '../backup/take-backup.ts'
import { type Config, ConfigProblem, readConfig } from '../config.ts'
import { erasureLogOf } from '../data-rights/erasure-log.ts'
import { locateData } from '../postgres/data-folder.ts'
import { runAs } from '../postgres/run-as.ts'
import { PostgresProblem } from '../postgres/start-postgres.ts'
import { SchemaTooNew } from '../store/migrate.ts'
import { type Command, type Env, Mistake, one } from './command.ts'
import { onDeploymentDatabase } from './deployment-database.ts'
import { deploymentCipher } from './deployment-key.ts'

/** Megabytes, as people say a size. */
const megabytes = (bytes: number) => `${Math.ceil(bytes / 1e6)} MB`

/** @throws Mistake in a sentence, whatever a person can mend. */
async function told<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    const kinds = [BackupProblem, ConfigProblem, PostgresProblem, SchemaTooNew]
    throw kinds.some((kind) => error instanceof kind) ? new Mistake((error as Error).message) : error
  }
}

/** @throws Mistake: an outside database has tools of its own, which do this better. */
function embeddedConfig(env: Env): Config {
  const config = readConfig(env)
  if (config.databaseUrl === null) return config
  throw new Mistake(
    'DATABASE_URL names an outside PostgreSQL: back it up with its own tools (pg_basebackup and its log archive, pg_dump, or the provider’s snapshots), and keep DATA_DIR/erasures.log and the secret key as well. See docs/operating.md.',
  )
}

export const backupCommands: readonly Command[] = [
  {
    name: 'backup',
    about:
      'Copy the embedded database into a folder, beside a running server or without one. The secret key is not in it.',
    options: { to: { value: 'FOLDER', required: true, about: 'Where to; it must not exist yet, or be empty.' } },
    run: ({ given, env }) =>
      told(async () => {
        const config = embeddedConfig(env)
        const to = resolve(one(given, 'to')!)
        const { fingerprint } = await deploymentCipher(config)
        const manifest = await onDeploymentDatabase(env, false, async (_db, target) => {
          const { path } = await locateData(config.dataDir, await runAs(config.postgresRunAs))
          return takeBackup({ target, dataFolder: path, to, keyFingerprint: fingerprint })
        })
        const bytes = manifest.files.reduce((sum, { size }) => sum + size, 0)
        const { upTo, endsAt } = manifest
        return {
          json: { folder: to, upTo, endsAt, files: manifest.files.length, bytes },
          text: `Backed up ${manifest.files.length} files (${megabytes(bytes)}) to ${to}.\nIt holds personal data, and not the secret key: keep the first private and the second elsewhere.`,
        }
      }),
  },
  {
    name: 'restore',
    about: 'Put a backup in the place of the embedded database, while no server runs; erasures since are done again.',
    options: {
      from: { value: 'FOLDER', required: true, about: 'The backup.' },
      replace: { about: 'Move aside the database that is there.' },
      erasures: { value: 'FILE', about: 'The list of erasures; usually DATA_DIR/erasures.log.' },
      check: { about: 'Only compare every file of the backup with its checksum.' },
    },
    run: ({ given, env }) =>
      told(async () => {
        const config = embeddedConfig(env)
        const from = resolve(one(given, 'from')!)
        if (given.check === true) {
          const { upTo, files } = await checkBackup(from)
          return {
            json: { ok: true, upTo, files: files.length },
            text: `All ${files.length} files are as they were.`,
          }
        }
        const cipher = await deploymentCipher(config)
        const erasures = one(given, 'erasures') ?? null
        if (erasures !== null && !existsSync(erasures)) throw new Mistake(`There is no file ${erasures}.`)
        const hasList = erasures !== null || existsSync(erasureLogOf(config.dataDir))
        const { dataDir, postgresRunAs } = config
        const { manifest, aside } = await restoreBackup({
          ...{ from, dataDir, runAs: postgresRunAs, keyFingerprint: cipher.fingerprint },
          replace: given.replace === true,
        })
        const restored = await onDeploymentDatabase(env, false, (db, target) =>
          settleRestored({ db, cipher, config }, target, erasures),
        )
        const { accounts, calls, questioned, erased } = restored
        const lines = [
          `Restored what was there until ${manifest.upTo}: ${accounts} accounts, ${calls} calls.`,
          ...(aside === null ? [] : [`What was there is in ${aside}; delete it when you like.`]),
          ...(questioned === 0
            ? []
            : [`${questioned} messages were on their way then: their providers are asked first.`]),
          hasList
            ? `${erased} persons who were erased since were erased again.`
            : 'There is no list of erasures (erasures.log): whoever was erased since the backup is back. Restore again with --erasures if you have it.',
          'Start the server, and run "c2m doctor".',
        ]
        return { json: { upTo: manifest.upTo, aside, ...restored, erasuresKnown: hasList }, text: lines.join('\n') }
      }),
  },
]
