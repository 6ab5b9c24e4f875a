import type { Command } from './command.ts'
import { accountOption, pathOf, type Row } from './nouns.ts'
import { table } from './table.ts'

/** The newest hundred changes of an account's configuration. */
export const auditList: Command = {
  name: 'audit list',
  about: 'Show who changed what in an account, newest first; --json shows before and after.',
  options: accountOption,
  async run({ given, api }) {
    const answer = await (await api()).get<{ entries: readonly Row[] }>(pathOf(given, '/audit'))
    const rows = answer.entries.map((entry) => [entry.at, entry.actor, entry.action, entry.subject])
    return { json: answer, text: table(['AT', 'WHO', 'WHAT', 'WHICH'], rows, 'Nothing was changed yet.') }
  },
}
