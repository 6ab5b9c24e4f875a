import { noReceiptCode, receiptHours } from '../domain/report.ts'
import type { DbOrTx } from './db.ts'

/** Rows of one statement: short locks. */
const batch = 1_000

/**
 * Counts texts as failed whose delivery nobody has reported for 72 hours, and that nobody has answered. Only the call says
 * so: the message stays as it is, and a receipt that comes after all puts the call right.
 * @returns whether there may be more.
 */
export async function failWithoutReceipt(db: DbOrTx): Promise<boolean> {
  const rows = await db`
    with late as (
      select account_id, call_id from calls
      where channel = 'sms' and sent_at < now() - make_interval(hours => ${receiptHours}) and delivered_at is null
        and failed_at is null and replied_at is null
      limit ${batch} for update skip locked),
    failed as (
      update calls set failed_at = clock_timestamp(), error_source = 'provider', error_code = ${noReceiptCode},
        error_message = ${`No receipt within ${receiptHours} hours.`}
      from late where calls.account_id = late.account_id and calls.call_id = late.call_id
      returning calls.account_id, calls.call_id)
    insert into transaction_steps (account_id, call_id, step, channel, details)
    select account_id, call_id, 'failed', 'sms', ${db.json({ kind: 'no-receipt', providerCode: noReceiptCode })} from failed
    returning 1`
  return rows.length === batch
}
