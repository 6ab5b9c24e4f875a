import { accountCommands } from './account.ts'
import { apiKeyCommands } from './api-key.ts'
import { appCommands } from './app.ts'
import { auditList } from './audit.ts'
import { backupCommands } from './backup.ts'
import type { Command, Option } from './command.ts'
import { demo } from './demo.ts'
import { doctor } from './doctor.ts'
import { exportCommands } from './export.ts'
import { exportScheduleCommands } from './export-schedule.ts'
import { handoffCommands } from './handoff.ts'
import { internalCommands } from './internal.ts'
import { migrateCommand } from './migrate.ts'
import { onboard } from './onboard.ts'
import { personCommands } from './person.ts'
import { priceCommands } from './price.ts'
import { retention } from './retention.ts'
import { senderCommands } from './sender.ts'
import { settingsCommands } from './settings.ts'
import { skillCommands } from './skill.ts'
import { templateCommands } from './template.ts'
import { userCommands } from './user.ts'
import { webhookCommands } from './webhook.ts'

/** Everything that `c2m` can do, as its help lists it. */
export const commands: readonly Command[] = [
  onboard,
  ...accountCommands,
  ...settingsCommands,
  ...skillCommands,
  ...senderCommands,
  ...handoffCommands,
  ...apiKeyCommands,
  ...appCommands,
  ...userCommands,
  ...internalCommands,
  ...templateCommands,
  ...priceCommands,
  ...webhookCommands,
  ...exportCommands,
  ...exportScheduleCommands,
  auditList,
  ...personCommands,
  ...backupCommands,
  migrateCommand,
  doctor,
  retention,
  demo,
]

/** Options that every command knows; a command's own have other names (`commands.test.ts`). */
export const always: Readonly<Record<string, Option>> = {
  json: { about: 'Answer in JSON, for machines.' },
  url: { value: 'URL', about: 'The running server; else C2M_URL, PUBLIC_URL, or the one that runs in DATA_DIR.' },
  help: { about: 'Show this help.' },
}
