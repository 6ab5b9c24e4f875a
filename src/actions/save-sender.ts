import type { Deps } from '../deps.ts'
import type { Caller } from '../domain/caller.ts'
import { checkName } from '../domain/check-name.ts'
import { checkSender, secretNamesOf } from '../domain/check-sender.ts'
import { presentSender, type ShownSender } from '../domain/present-sender.ts'
import { Problem } from '../errors.ts'
import { recordAudit } from '../store/audit.ts'
import { changeAccount } from '../store/change-account.ts'
import { insertSender, updateSender } from '../store/senders.ts'

export interface SenderChange {
  /** Only when adding: a sender's connector never changes. */
  readonly connector?: string
  readonly address?: string
  readonly title?: string
  readonly enabled?: boolean
  /** Laid over what is there, so that a secret need not be given again; null takes a setting away. */
  readonly settings?: Readonly<Record<string, unknown>>
}

/**
 * Adds a sender (`senderId` null) or changes one; a change also clears the provider's refusal, so that it is tried again.
 * @throws Problem `not-found`, `invalid-request` with a sentence for each fault; NameTaken when another has the address.
 */
export async function saveSender(
  deps: Deps,
  caller: Caller,
  accountId: string,
  senderId: string | null,
  change: SenderChange,
): Promise<ShownSender> {
  return changeAccount(deps, caller, accountId, async (tx, config) => {
    const before = senderId === null ? null : config.senders.get(senderId)
    if (before === undefined) throw new Problem('not-found')
    if (before !== null && change.connector !== undefined && change.connector !== before.connector) {
      throw new Problem('invalid-request', { details: ['The connector of a sender cannot change: add a new sender.'] })
    }
    const connectorName = before?.connector ?? change.connector ?? ''
    const connector = deps.connectors.get(connectorName)
    if (connector === undefined) {
      const known = [...deps.connectors.keys()].join(', ')
      throw new Problem('invalid-request', { details: [`There is no connector "${connectorName}"; known: ${known}.`] })
    }
    const after = {
      accountId,
      senderId: before?.senderId ?? '',
      connector: connectorName,
      channel: connector.channel,
      address: (change.address ?? before?.address ?? '').trim(),
      title: change.title ?? before?.title ?? change.address ?? '',
      enabled: change.enabled ?? before?.enabled ?? true,
      broken: null,
      settings: Object.fromEntries(
        Object.entries({ ...before?.settings, ...change.settings }).filter(([, value]) => value !== null),
      ),
    }
    // Switching off must work even when the settings no longer suit the connector.
    const switchesOff = before !== null && change.enabled === false && Object.keys(change).length === 1
    const faults = [
      checkName('The title', after.title),
      checkName('The address', after.address),
      ...checkSender(connector, after),
    ].filter((fault) => fault !== null && !switchesOff) as readonly string[]
    if (faults.length > 0) throw new Problem('invalid-request', { details: faults })

    const secretNames = secretNamesOf(connector)
    if (before === null) after.senderId = await insertSender(tx, deps.cipher, accountId, { ...after, secretNames })
    if (before !== null || !after.enabled) await updateSender(tx, deps.cipher, after, secretNames)

    const shown = presentSender(after, connector)
    const newSecrets = Object.keys(change.settings ?? {}).filter((name) => secretNames.has(name))
    await recordAudit(tx, accountId, caller, {
      action: before === null ? 'sender.create' : 'sender.change',
      subject: after.senderId,
      before: before && presentSender(before, connector),
      after: { ...shown, ...(newSecrets.length > 0 ? { newSecrets } : {}) },
    })
    return shown
  })
}
