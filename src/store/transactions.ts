import type { Channel } from '../domain/channel.ts'
import type { DbOrTx } from './db.ts'
import { sendAlong } from './send-along.ts'

export type StepDetail = string | number | boolean | null | readonly string[]

/**
 * Adds a step to the journey of one call. `details` are kinds, codes and ids: never a person's number, name or text.
 * @param step kebab-case, what happened: `invite-accepted`, `sent`, `delivered`, …
 * @param details.at when it happened; default: now, by the database.
 */
export async function recordStep(
  tx: DbOrTx,
  accountId: string,
  callId: string,
  step: string,
  details: { channel?: Channel | null; at?: Date; [more: string]: StepDetail | Date | undefined } = {},
): Promise<void> {
  const { channel, at, ...more } = details
  const kept = Object.entries(more).filter(([, value]) => value !== undefined)
  const insert = () => tx`
    insert into transaction_steps (account_id, call_id, at, step, channel, details)
    values (${accountId}, ${callId}, coalesce(${at ?? null}::timestamptz, clock_timestamp()), ${step},
      ${channel ?? null}, ${kept.length === 0 ? null : tx.json(Object.fromEntries(kept) as never)})`
  await sendAlong(tx, insert)
}
