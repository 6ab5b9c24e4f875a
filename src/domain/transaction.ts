/** How far a call has come: its last step that says something, which is what a list shows in one word. */
export const transactionOutcomes = [
  'not-eligible',
  'eligible',
  'invited',
  'sent',
  'delivered',
  'read',
  'failed',
  'skipped',
  'opted-out',
  'replied',
  'in-conversation',
  'closed',
] as const
export type TransactionOutcome = (typeof transactionOutcomes)[number]

/** The times of a call's steps that decide its outcome; null while a step has not happened. */
export interface TransactionTimes {
  readonly invitedAt: Date | null
  readonly sentAt: Date | null
  readonly deliveredAt: Date | null
  readonly readAt: Date | null
  readonly failedAt: Date | null
  readonly skippedAt: Date | null
  readonly repliedAt: Date | null
  readonly optedOutAt: Date | null
  readonly conversationCreatedAt: Date | null
  readonly conversationClosedAt: Date | null
}

/**
 * One word for a call. A reply outranks everything that was told of the message, since it proves that it arrived; a
 * failure counts only while nothing later says otherwise (reference c2m.md, A28).
 */
export function outcomeOf(times: TransactionTimes, eligible: boolean): TransactionOutcome {
  if (times.conversationClosedAt !== null) return 'closed'
  if (times.conversationCreatedAt !== null) return 'in-conversation'
  if (times.optedOutAt !== null) return 'opted-out'
  if (times.repliedAt !== null) return 'replied'
  if (times.readAt !== null) return 'read'
  if (times.deliveredAt !== null) return 'delivered'
  if (times.failedAt !== null) return 'failed'
  if (times.skippedAt !== null) return 'skipped'
  if (times.sentAt !== null) return 'sent'
  if (times.invitedAt !== null) return 'invited'
  return eligible ? 'eligible' : 'not-eligible'
}
