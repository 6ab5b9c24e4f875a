import { type WebhookAttempt, webhookTestType } from '../domain/webhook.ts'
import type { DbOrTx } from './db.ts'

export type DeliveryState = 'waiting' | 'delivered' | 'failed'

/** What became of one event at one endpoint. */
export interface WebhookDelivery {
  /** Counts the endpoint's deliveries without a gap; the receiver sees it as `sequence`. */
  readonly number: string
  readonly eventId: string
  readonly type: string
  readonly state: DeliveryState
  /** A process makes it at this moment. */
  readonly underWay: boolean
  readonly isTest: boolean
  readonly tries: number
  /** Null: it is not tried again. */
  readonly nextTryAt: Date | null
  readonly eventAt: Date
  readonly endedAt: Date | null
  readonly callId: string | null
  readonly conversationId: string | null
  readonly attempts: readonly WebhookAttempt[]
}

interface DeliveryRow {
  number: string
  event_id: string
  type: string
  state: DeliveryState
  claimed_by: string | null
  is_test: boolean
  tries: number
  next_try_at: Date
  event_at: Date
  ended_at: Date | null
  call_id: string | null
  conversation_id: string | null
  attempts: (Omit<WebhookAttempt, 'at'> & { at: string })[]
}

/** Deliveries of an endpoint, the newest first, at most `limit`; older than the number `before` when given. */
export async function listDeliveries(
  db: DbOrTx,
  accountId: string,
  endpointId: string,
  page: { readonly state: DeliveryState | null; readonly before: string | null; readonly limit: number },
): Promise<readonly WebhookDelivery[]> {
  const rows = await db<DeliveryRow[]>`
    select d.number, d.event_id, v.type, d.state, d.claimed_by, d.is_test, d.tries, d.next_try_at, d.event_at, d.ended_at,
      v.call_id, v.conversation_id, d.attempts
    from webhook_deliveries d join webhook_events v using (account_id, event_id)
    where d.account_id = ${accountId} and d.endpoint_id = ${endpointId}
      and (${page.state}::text is null or d.state = ${page.state})
      and (${page.before}::bigint is null or d.number < ${page.before})
    order by d.number desc limit ${page.limit}`
  return rows.map((row) => ({
    number: row.number,
    eventId: row.event_id,
    type: row.type,
    state: row.state,
    underWay: row.state === 'waiting' && row.claimed_by !== null,
    isTest: row.is_test,
    tries: row.tries,
    nextTryAt: row.state === 'waiting' ? row.next_try_at : null,
    eventAt: row.event_at,
    endedAt: row.ended_at,
    callId: row.call_id,
    conversationId: row.conversation_id,
    attempts: row.attempts.map((attempt) => ({ ...attempt, at: new Date(attempt.at) })),
  }))
}

/** Begins a delivery anew, with its whole schedule; one that is under way is left to it. @returns whether there is such a delivery. */
export async function replayDelivery(
  tx: DbOrTx,
  accountId: string,
  endpointId: string,
  number: string,
): Promise<boolean> {
  const rows = await tx`
    update webhook_deliveries set state = 'waiting', tries = 0, ended_at = null,
      next_try_at = case when state = 'waiting' and claimed_by is not null then next_try_at else clock_timestamp() end
    where account_id = ${accountId} and endpoint_id = ${endpointId} and number = ${number} returning 1`
  return rows.length > 0
}

/** `missed`: what was never delivered, and what was never tried because the endpoint was disabled or did not want it then. */
export type ReplayScope = 'missed' | 'all'

const batch = 1_000

/**
 * Begins anew, in order, the deliveries of the next events after the number `after`, of those recorded from `since` to
 * `until` and of the types that the endpoint is told now. Waiting ones are left as they are.
 * @returns the number of the last event; null: there are no more.
 */
export async function replayEvents(
  tx: DbOrTx,
  accountId: string,
  endpointId: string,
  replay: { readonly since: Date; readonly until: Date; readonly scope: ReplayScope; readonly after: string },
): Promise<string | null> {
  const { since, until, scope, after } = replay
  const [row] = await tx<{ last: string | null }[]>`
    with endpoint as materialized (
      select events from webhook_endpoints
      where account_id = ${accountId} and endpoint_id = ${endpointId} and state <> 'disabled' for update),
    event as materialized (
      select v.event_id, v.event_number, v.at from webhook_events v, endpoint
      where v.account_id = ${accountId} and v.event_number > ${after} and v.at >= ${since} and v.at <= ${until}
        and v.type <> ${webhookTestType} and (endpoint.events is null or v.type = any(endpoint.events))
        and v.given_at is not null
      order by v.event_number limit ${batch}),
    anew as (
      update webhook_deliveries d set state = 'waiting', tries = 0, ended_at = null, next_try_at = clock_timestamp()
      from event where d.account_id = ${accountId} and d.event_id = event.event_id and d.endpoint_id = ${endpointId}
        and (d.state = 'failed' or d.state = 'delivered' and ${scope === 'all'})),
    missing as materialized (
      select event.*, row_number() over (order by event_number) as place from event
      where not exists (select from webhook_deliveries d
        where d.account_id = ${accountId} and d.event_id = event.event_id and d.endpoint_id = ${endpointId})),
    numbered as (
      update webhook_endpoints set last_number = last_number + (select count(*) from missing)
      where account_id = ${accountId} and endpoint_id = ${endpointId} and exists(select from missing)
      returning last_number - (select count(*) from missing) as before),
    made as (
      insert into webhook_deliveries (account_id, endpoint_id, number, event_id, event_at)
      select ${accountId}, ${endpointId}, numbered.before + missing.place, missing.event_id, missing.at
      from missing, numbered)
    select max(event_number) as last from event`
  return row?.last ?? null
}

/** How many deliveries of each endpoint wait, and how many failed for good, for the list of endpoints. */
export async function countDeliveries(
  db: DbOrTx,
  accountId: string,
): Promise<ReadonlyMap<string, { readonly waiting: number; readonly failed: number }>> {
  const rows = await db<{ endpoint_id: string; waiting: number; failed: number }[]>`
    select e.endpoint_id,
      (select count(*)::int from (select from webhook_deliveries d where d.account_id = e.account_id
        and d.endpoint_id = e.endpoint_id and d.state = 'waiting' limit ${mostCounted}) counted) as waiting,
      (select count(*)::int from (select from webhook_deliveries d where d.account_id = e.account_id
        and d.endpoint_id = e.endpoint_id and d.state = 'failed' limit ${mostCounted}) counted) as failed
    from webhook_endpoints e where e.account_id = ${accountId}`
  return new Map(rows.map((row) => [row.endpoint_id, { waiting: row.waiting, failed: row.failed }]))
}

/** Beyond it a count only says "many". */
export const mostCounted = 1_000
