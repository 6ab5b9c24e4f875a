import type { TObject } from 'typebox'
import { Value } from 'typebox/value'
import type { Sender } from './sender.ts'

/** The part of a connector that knows what its senders need. */
export interface SenderRules {
  readonly settings: TObject
  checkSender(sender: Pick<Sender, 'address' | 'settings'>): readonly string[]
}

/** Names of the settings that a connector marks as secret: stored sealed, never shown. */
export function secretNamesOf(rules: Pick<SenderRules, 'settings'>): ReadonlySet<string> {
  const properties: Record<string, { secret?: unknown }> = rules.settings.properties
  return new Set(Object.keys(properties).filter((name) => properties[name]?.secret === true))
}

/** Characters of one setting: the longest that any provider gives is a key file of 2,400. */
const longestSetting = 10_000

/** What stops this sender from being saved, each a sentence that holds no value; empty: nothing. */
export function checkSender(rules: SenderRules, sender: Pick<Sender, 'address' | 'settings'>): readonly string[] {
  const known = Object.keys(rules.settings.properties)
  const faults = Object.keys(sender.settings)
    .filter((name) => !known.includes(name))
    .map((name) => `There is no setting "${name.slice(0, 64)}"; this connector knows ${known.join(', ') || 'none'}.`)
  for (const name of rules.settings.required ?? []) {
    if (!Object.hasOwn(sender.settings, name)) faults.push(`The setting "${name}" is missing.`)
  }
  for (const [name, value] of Object.entries(sender.settings)) {
    if (typeof value === 'string' && value.length > longestSetting)
      faults.push(`The setting "${name.slice(0, 64)}" must have at most ${longestSetting} characters.`)
  }
  if (faults.length > 0) return faults
  for (const error of Value.Errors(rules.settings, sender.settings)) {
    faults.push(`The setting "${error.instancePath.slice(1)}" ${error.message}.`)
  }
  return faults.length > 0 ? faults : rules.checkSender(sender)
}
