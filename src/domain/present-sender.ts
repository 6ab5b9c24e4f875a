import type { Channel } from './channel.ts'
import { type SenderRules, secretNamesOf } from './check-sender.ts'
import type { Sender } from './sender.ts'

/** A sender as anybody may see it. */
export interface ShownSender {
  readonly senderId: string
  readonly connector: string
  readonly channel: Channel
  readonly address: string
  readonly title: string
  readonly enabled: boolean
  readonly broken: string | null
  /** Without the secrets. */
  readonly settings: Readonly<Record<string, unknown>>
  /** Names of the secrets that are set. */
  readonly secrets: readonly string[]
}

/** The only way a sender leaves the process: its secrets stay, their names are told. */
export function presentSender(sender: Sender, rules: Pick<SenderRules, 'settings'> | undefined): ShownSender {
  // A connector that is no longer installed cannot say what is secret: then nothing is shown.
  const names = Object.keys(sender.settings)
  const secretNames = rules === undefined ? new Set(names) : secretNamesOf(rules)
  return {
    senderId: sender.senderId,
    connector: sender.connector,
    channel: sender.channel,
    address: sender.address,
    title: sender.title,
    enabled: sender.enabled,
    broken: sender.broken,
    settings: Object.fromEntries(Object.entries(sender.settings).filter(([name]) => !secretNames.has(name))),
    secrets: names.filter((name) => secretNames.has(name)).sort(),
  }
}
