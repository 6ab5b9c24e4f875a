import type { Channel } from './channel.ts'

/**
 * A brand's own number, WhatsApp sender or app, spoken for by one connector.
 * `settings` holds what the connector's own settings schema asks for, secrets included and already decrypted:
 * a sender never leaves the process as JSON; `presentSender` is the only door out.
 */
export interface Sender {
  readonly accountId: string
  readonly senderId: string
  readonly connector: string
  readonly channel: Channel
  /** E.164 for `sms` and `wa`, the app's name for `inapp`. What the consumer sees as the other end. */
  readonly address: string
  readonly title: string
  readonly settings: Readonly<Record<string, unknown>>
  readonly enabled: boolean
  /** A sentence for the administrator when the provider refuses this sender altogether; null while it works. */
  readonly broken: string | null
}

/** A sender can carry an invite when an administrator left it on and the provider has not refused it. */
export function senderWorks(sender: Sender | undefined): sender is Sender {
  return sender?.enabled === true && sender.broken === null
}
