import { randomUUID } from 'node:crypto'
import type { Channel } from '../domain/channel.ts'
import type { Sender } from '../domain/sender.ts'
import { secretContext } from './account-config.ts'
import type { Cipher } from './cipher.ts'
import type { DbOrTx } from './db.ts'
import { touchEverything } from './touched.ts'

export interface NewSender {
  readonly connector: string
  readonly channel: Channel
  readonly address: string
  readonly title: string
  readonly settings: Readonly<Record<string, unknown>>
  /** Names of the settings that the connector marks as secret: they are sealed and never stored in the clear. */
  readonly secretNames: ReadonlySet<string>
}

/** Adds a sender, its secrets sealed. @returns its id. */
export async function insertSender(tx: DbOrTx, cipher: Cipher, accountId: string, sender: NewSender): Promise<string> {
  const senderId = randomUUID()
  const { open, sealed } = split(cipher, accountId, senderId, sender.settings, sender.secretNames)
  await tx`
    insert into senders (account_id, sender_id, connector, channel, address, title, settings, secrets)
    values (${accountId}, ${senderId}, ${sender.connector}, ${sender.channel}, ${sender.address}, ${sender.title},
      ${tx.json(open as never)}, ${sealed})`
  return senderId
}

/** Stores a sender as it now is; connector and channel stay what they were. */
export async function updateSender(
  tx: DbOrTx,
  cipher: Cipher,
  sender: Sender,
  secretNames: ReadonlySet<string>,
): Promise<void> {
  const { open, sealed } = split(cipher, sender.accountId, sender.senderId, sender.settings, secretNames)
  await tx`
    update senders set address = ${sender.address}, title = ${sender.title}, settings = ${tx.json(open as never)},
      secrets = ${sealed}, enabled = ${sender.enabled}, broken = ${sender.broken}
    where account_id = ${sender.accountId} and sender_id = ${sender.senderId}`
  // Its title and address stand with every conversation.
  touchEverything(tx, sender.accountId)
}

function split(
  cipher: Cipher,
  accountId: string,
  senderId: string,
  settings: Readonly<Record<string, unknown>>,
  secretNames: ReadonlySet<string>,
): { open: Record<string, unknown>; sealed: Buffer | null } {
  const entries = Object.entries(settings)
  const secrets = entries.filter(([name]) => secretNames.has(name))
  return {
    open: Object.fromEntries(entries.filter(([name]) => !secretNames.has(name))),
    sealed:
      secrets.length === 0
        ? null
        : cipher.encrypt(JSON.stringify(Object.fromEntries(secrets)), secretContext.sender(accountId, senderId)),
  }
}
