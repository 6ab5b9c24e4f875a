/** What is counted of calls: each a sum over calls, so that sums of hours and days add up (migration 0008). */
export const reportMeasures = [
  'attempted',
  'eligible',
  'invited',
  'sent',
  'delivered',
  'read',
  'replied',
  'closed',
  'failed',
  'skipped',
  'opted_out',
  'taken',
  'abandoned',
  'handled',
  'csat_count',
  'csat_sum',
  'to_text_ms',
  'timed_replies',
  'to_reply_ms',
  'to_agent_ms',
  'handling_ms',
  'cost_micros',
] as const
/** Those of which the compatible API's analytics tell. */
export const analyticsMeasures = [
  'attempted',
  'eligible',
  'skipped',
  'sent',
  'failed',
  'delivered',
  'read',
  'replied',
  'closed',
  'csat_count',
  'csat_sum',
] as const satisfies readonly (typeof reportMeasures)[number][]
/** And what is counted of calls that were followed by another of the same consumer: of these, how many were answered. */
export const partMeasures = [...reportMeasures, 'repeated', 'repeated_replied'] as const
export type PartCounts = Readonly<Record<(typeof partMeasures)[number], number>>
export type ReportMeasure = (typeof reportMeasures)[number]
export type ReportCounts = Readonly<Record<ReportMeasure, number>>

/** Statuses of the compatible API (reference c2m.md, section 8); a call that is on its way, or was never invited, has none. */
export const messageStatuses = ['FAILED', 'SKIPPED', 'SENT', 'DELIVERED', 'READ', 'RESPONDED'] as const
export type ReportedStatus = (typeof messageStatuses)[number]

/** Hours after which a text whose delivery nobody has reported counts as failed (reference c2m.md, section 8.1). */
export const receiptHours = 72
/** The error dictionary's code for it. */
export const noReceiptCode = '5008'
