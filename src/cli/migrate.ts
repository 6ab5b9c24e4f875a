import { migrate } from '../store/migrate.ts'
import { migrateQueue } from '../store/migrate-queue.ts'
import type { Command } from './command.ts'
import { onDeploymentDatabase } from './deployment-database.ts'

/** Brings the schema up to this server's, beside a running server or without one. */
export const migrateCommand: Command = {
  name: 'migrate',
  about: 'Bring the database’s schema up to this version; starts the embedded database when no server runs.',
  async run({ env }) {
    const applied = await onDeploymentDatabase(env, true, async (db, target) => {
      const names = await migrate(db)
      await migrateQueue(target)
      return names
    })
    return {
      json: { applied },
      text:
        applied.length === 0
          ? 'The schema is up to date.'
          : `Applied:\n${applied.map((name) => `  ${name}`).join('\n')}`,
    }
  },
}
