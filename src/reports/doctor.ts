import { readFile } from 'node:fs/promises'
import { atomic, type Database } from '../store/db.ts'

/** What may be wrong, or worth knowing, with the promise it belongs to and a sentence for the operator. */
export const findings = {
  'invite-without-attempt': {
    promise: 'P1',
    grave: true,
    sentence: 'An accepted invite has no attempt that could send it.',
  },
  'unknown-without-attempt': {
    promise: 'P1',
    grave: true,
    sentence: 'An invite of unknown outcome has no attempt that is asked about.',
  },
  'attempts-at-once': { promise: 'P2', grave: true, sentence: 'A call has more than one live attempt.' },
  'message-without-attempt': {
    promise: 'P1',
    grave: true,
    sentence: 'A message waits without an attempt that could send it.',
  },
  'waits-too-long': {
    promise: 'P1',
    grave: true,
    sentence: 'An attempt has been due for more than a minute: does a worker run?',
  },
  'sent-twice': { promise: 'P2', grave: true, sentence: 'More than one message of a call went out.' },
  'message-with-attempts': { promise: 'P2', grave: true, sentence: 'A message has more than one attempt that counts.' },
  'claimed-past-lease': {
    promise: 'P3',
    grave: true,
    sentence: 'An attempt is held more than a minute past its lease: does a worker run?',
  },
  'unknown-too-long': {
    promise: 'P3',
    grave: true,
    sentence: 'An unknown outcome was not concluded within ten minutes: does a worker run?',
  },
  'sent-after-opt-out': { promise: 'P4', grave: true, sentence: 'A message was handed over after an opt-out.' },
  'erasure-waits': {
    promise: 'data rights',
    grave: true,
    sentence: 'A person who should be erased is not, after two minutes: does a worker run?',
  },
  'sums-differ': {
    promise: 'reports',
    grave: true,
    sentence: 'The sums that reports are answered from do not agree with the calls (shown: the hour).',
  },
  'day-sums-differ': {
    promise: 'reports',
    grave: true,
    sentence: 'The sums of a day do not agree with those of its hours (shown: the day).',
  },
  'day-totals-differ': {
    promise: 'reports',
    grave: true,
    sentence: 'What analytics tell of a day does not agree with its other sums (shown: the day).',
  },
  'day-errors-differ': {
    promise: 'reports',
    grave: true,
    sentence: 'The errors that analytics tell of a day do not agree with its other sums (shown: the day).',
  },
  'costs-differ': {
    promise: 'reports',
    grave: true,
    sentence: 'What a call is said to have cost is not what its messages have cost.',
  },
  'call-not-listed': {
    promise: 'reports',
    grave: true,
    sentence: 'A call is missing in the list by time that reports page through, or stands in it although it is gone.',
  },
  'call-counts-differ': {
    promise: 'reports',
    grave: true,
    sentence: 'An hour or day is said to have another number of calls than it has (shown: which).',
  },
  'repeats-differ': {
    promise: 'reports',
    grave: true,
    sentence: 'The sums of repeat calls do not agree with the calls (shown: the hour).',
  },
  'consumer-not-known': {
    promise: 'reports',
    grave: true,
    sentence: 'The list that finds repeat calls has another consumer, or another next call, than the call itself.',
  },
  'event-not-given': {
    promise: 'webhooks',
    grave: true,
    sentence: 'An event has waited for more than ten minutes to be given to its endpoints: does a worker run?',
  },
  'delivery-without-event': {
    promise: 'webhooks',
    grave: true,
    sentence: 'A delivery to a webhook endpoint waits whose event is gone.',
  },
  'delivery-overdue': {
    promise: 'webhooks',
    grave: true,
    sentence: 'Nothing is delivered to a webhook endpoint although something has been due for ten minutes.',
  },
  'webhook-disabled': {
    promise: 'webhooks',
    grave: false,
    sentence: 'A webhook endpoint was disabled, because it answered 410 or failed for days.',
  },
  'schedule-fails': {
    promise: 'exports',
    grave: false,
    sentence: 'The newest file of an export schedule could not be written or delivered.',
  },
  'unknown-now': {
    promise: 'P3',
    grave: false,
    sentence: 'The outcome is not known yet; the provider is being asked.',
  },
  'gave-up': {
    promise: 'P3',
    grave: false,
    sentence: 'Nobody could say what became of a message within the last seven days; it was not sent again.',
  },
} as const satisfies Record<string, { promise: string; grave: boolean; sentence: string }>

export type FindingName = keyof typeof findings

export interface Finding {
  readonly finding: FindingName
  readonly promise: string
  /** True: a promise does not hold. False: the operator should know. */
  readonly grave: boolean
  readonly sentence: string
  readonly total: number
  /** The newest twenty: account, id of the call, message or attempt, and since when. No person's data. */
  readonly examples: readonly { readonly accountId: string; readonly subject: string; readonly since: Date | null }[]
}

type Row = { finding: FindingName; accountId: string; subject: string; since: Date | null; total: number }

/** Longest time the look may take, in seconds: it reads whole tables, unlike the server's own statements. */
const patienceSeconds = 900

/** Checks the promises on the stored data, over all brands. Changes nothing. Empty: everything is as it should be. */
export async function doctor(db: Database): Promise<readonly Finding[]> {
  const sql = await readFile(new URL('doctor.sql', import.meta.url), 'utf8')
  const rows = await atomic(db, async (tx): Promise<readonly Row[]> => {
    await tx`set transaction isolation level repeatable read, read only`
    await tx.unsafe(`set local statement_timeout = '${patienceSeconds}s'`)
    // Before the snapshot: a month that is dropped goes from tables at once, from the sums as the snapshot says.
    await tx`lock table calls, messages in access share mode`
    return tx.unsafe<Row[]>(sql)
  })
  return [...Map.groupBy(rows, (row) => row.finding)].map(([finding, found]) => ({
    finding,
    ...findings[finding],
    total: found[0]!.total,
    examples: found.map(({ accountId, subject, since }) => ({ accountId, subject, since })),
  }))
}
