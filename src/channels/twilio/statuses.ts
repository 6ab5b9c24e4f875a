import type { MessageStatus } from '../../domain/message.ts'

/**
 * Twilio's status words and ours. `accepted` and `queued` are Twilio's queue, so the message is still on its way;
 * `sent` is the carrier's yes. Words about inbound messages, and new ones, are in nobody's favour: undefined.
 */
const ours: Readonly<Record<string, MessageStatus>> = {
  accepted: 'sending',
  scheduled: 'sending',
  queued: 'sending',
  sending: 'sending',
  sent: 'sent',
  partially_delivered: 'delivered',
  delivered: 'delivered',
  read: 'read',
  undelivered: 'failed',
  failed: 'failed',
  canceled: 'failed',
}

export function ourStatus(twilios: string): MessageStatus | undefined {
  const word = twilios.toLowerCase()
  return Object.hasOwn(ours, word) ? ours[word] : undefined
}
