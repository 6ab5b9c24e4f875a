import { webhookTestType } from '../domain/webhook.ts'
import type { DbOrTx, Tx } from './db.ts'

/**
 * Most events are written by triggers (migrations/0011): of calls, steps and conversations. An opt-out that binds every
 * channel is two rows and one event, so it is told here, by the deed. Call it in the tx that changed something.
 */
export async function tellOptOut(
  tx: DbOrTx,
  accountId: string,
  type: 'opt-out.added' | 'opt-out.lifted',
  word: { readonly address: string; readonly channel: string; readonly source: string },
  scope: 'channel' | 'all',
): Promise<void> {
  const { address, channel, source } = word
  await tx`
    insert into webhook_events (account_id, type, opt_out_id, data)
    select ${accountId}, ${type}, o.opt_out_id, jsonb_build_object('accountId', o.account_id, 'channel', ${channel}::text,
      'scope', ${scope}::text, 'source', ${source}::text,
      'times', jsonb_strip_nulls(jsonb_build_object('optedOut', iso_time(o.opted_out_at), 'lifted', iso_time(o.lifted_at))))
    from opt_outs o
    where o.account_id = ${accountId} and o.address = ${address} and o.channel in (${channel}, '*')
      and webhook_wanted(${accountId}, ${type})
    order by o.channel desc limit 1`
}

/** Events of one statement of the fan-out: well below the statement's time limit with 20 endpoints. */
const batch = 500

/**
 * Gives new events to the endpoints that want them, numbered for each. One process at a time does it, so that the numbers
 * of an endpoint are in the order of its events, as far as there is one: of two that were written at once, the one whose tx
 * took longer comes later.
 * @returns how many events were given away.
 */
export async function giveEvents(tx: Tx): Promise<number> {
  const [turn] = await tx<{ mine: boolean }[]>`
    select pg_try_advisory_xact_lock(hashtextextended('webhook-events', 0)) as mine`
  if (turn?.mine !== true) return 0
  const given = await tx`
    with taken as materialized (
      select account_id, event_id, event_number, type, at from webhook_events where given_at is null
      order by event_number limit ${batch}),
    wanted as materialized (
      select e.account_id, e.endpoint_id, t.event_id, t.at,
        row_number() over (partition by e.account_id, e.endpoint_id order by t.event_number) as place
      from taken t join webhook_endpoints e on e.account_id = t.account_id and e.state <> 'disabled'
        and (e.events is null or t.type = any(e.events)) and e.created_at <= t.at),
    numbered as (
      update webhook_endpoints e set last_number = e.last_number + counted.events
      from (select account_id, endpoint_id, count(*) as events from wanted group by account_id, endpoint_id) counted
      where e.account_id = counted.account_id and e.endpoint_id = counted.endpoint_id
      returning e.account_id, e.endpoint_id, e.last_number - counted.events as before),
    waiting as (
      insert into webhook_deliveries (account_id, endpoint_id, number, event_id, event_at)
      select account_id, endpoint_id, numbered.before + wanted.place, wanted.event_id, wanted.at
      from wanted join numbered using (account_id, endpoint_id))
    update webhook_events e set given_at = clock_timestamp() from taken t
    where e.account_id = t.account_id and e.event_id = t.event_id returning 1`
  return given.length
}

/**
 * Makes an event for one endpoint alone, so that a person can see it arrive. It goes once, whatever state the endpoint is in.
 * @returns the delivery's number; null: there is no such endpoint.
 */
export async function giveTestEvent(tx: DbOrTx, accountId: string, endpointId: string): Promise<string | null> {
  const [row] = await tx<{ number: string }[]>`
    with numbered as (
      update webhook_endpoints set last_number = last_number + 1
      where account_id = ${accountId} and endpoint_id = ${endpointId} returning last_number),
    event as (
      insert into webhook_events (account_id, type, data, given_at)
      select ${accountId}, ${webhookTestType}, jsonb_build_object('accountId', ${accountId}::text), clock_timestamp()
      from numbered returning event_id, at)
    insert into webhook_deliveries (account_id, endpoint_id, number, event_id, event_at, is_test)
    select ${accountId}, ${endpointId}, last_number, event_id, at, true from numbered, event
    returning number`
  return row?.number ?? null
}

/** Removes what is older than `days`, deliveries first: none may be without its event. @returns whether there may be more. */
export async function deleteOldWebhooks(db: DbOrTx, days: number): Promise<boolean> {
  const most = 5_000
  const deliveries = await db`
    delete from webhook_deliveries where ctid = any(array(
      select ctid from webhook_deliveries where event_at < now() - make_interval(days => ${days}) limit ${most}))
    returning 1`
  if (deliveries.length === most) return true
  const events = await db`
    delete from webhook_events where ctid = any(array(
      select ctid from webhook_events where at < now() - make_interval(days => ${days}) limit ${most}))
    returning 1`
  return events.length === most
}
