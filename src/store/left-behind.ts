import type { DbOrTx } from './db.ts'

/** Rows of one statement: short locks. */
const batch = 500

/**
 * Removes what is older than `months` and lies in no month's partition: calls under ids that are not of ours. Their triggers
 * take them out of the sums of reports. @returns whether there may be more.
 */
export async function deleteStrayCalls(db: DbOrTx, months: number): Promise<boolean> {
  const rows = await db`
    with gone as materialized (
      select account_id, call_id from calls_default where attempted_at < ${monthsAgo(db, months)} limit ${batch}),
    steps as (
      delete from transaction_steps_default step using gone where step.account_id = gone.account_id and step.call_id = gone.call_id),
    invite as (
      delete from invites_default invite using gone where invite.account_id = gone.account_id and invite.call_id = gone.call_id)
    delete from calls_default call using gone where call.account_id = gone.account_id and call.call_id = gone.call_id
    returning 1`
  return rows.length === batch
}

/** The same of messages, with their attempts. */
export async function deleteStrayMessages(db: DbOrTx, months: number): Promise<boolean> {
  const rows = await db`
    with gone as materialized (
      select account_id, message_id from messages_default where created_at < ${monthsAgo(db, months)} limit ${batch}),
    tried as (
      delete from attempts_default attempt using gone
      where attempt.account_id = gone.account_id and attempt.message_id = gone.message_id)
    delete from messages_default message using gone
    where message.account_id = gone.account_id and message.message_id = gone.message_id
    returning 1`
  return rows.length === batch
}

/**
 * Removes conversations that were closed before the oldest month of messages that is kept, with all that hangs on them:
 * notes, files, offers, surveys. @returns whether there may be more.
 */
export async function deleteOldConversations(db: DbOrTx, months: number): Promise<boolean> {
  const ofGone = (table: string) => db`
    delete from ${db(table)} part using gone
    where part.account_id = gone.account_id and part.conversation_id = gone.conversation_id`
  const rows = await db`
    with gone as materialized (
      select c.account_id, c.conversation_id from accounts
        join conversations c on c.account_id = accounts.account_id and c.state = 'closed'
          and c.closed_at < ${monthsAgo(db, months)} and c.last_message_at < ${monthsAgo(db, months)}
      limit ${batch}),
    offers as (${ofGone('conversation_offers')}), joins as (${ofGone('conversation_joins')}),
    marks as (${ofGone('seen_marks')}), noted as (${ofGone('notes')}), asked as (${ofGone('surveys')}),
    texts as (${ofGone('auto_texts')}), sent as (${ofGone('files')})
    delete from conversations c using gone
    where c.account_id = gone.account_id and c.conversation_id = gone.conversation_id
    returning 1`
  return rows.length === batch
}

/** Removes what was believed of addresses and no longer is. @returns whether there may be more. */
export async function deleteOldReachability(db: DbOrTx): Promise<boolean> {
  const rows = await db`
    delete from reachability where ctid = any(array(
      select ctid from reachability where expires_at < now() limit ${batch}))
    returning 1`
  return rows.length === batch
}

/** Removes what the pretend phones of the sandbox got more than `days` ago. @returns whether there may be more. */
export async function deleteOldSimulatorMessages(db: DbOrTx, days: number): Promise<boolean> {
  const rows = await db`
    delete from simulator_messages where ctid = any(array(
      select ctid from simulator_messages where at < now() - make_interval(days => ${days}) limit ${batch}))
    returning 1`
  return rows.length === batch
}

/** The begin of the oldest month that is kept: what is older has gone with its partition. */
const monthsAgo = (db: DbOrTx, months: number) =>
  db`date_trunc('month', now() - make_interval(months => ${months}), 'UTC')`
