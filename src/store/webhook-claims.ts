import type { WebhookAttempt } from '../domain/webhook.ts'
import { secretContext } from './account-config.ts'
import type { Cipher } from './cipher.ts'
import type { DbOrTx } from './db.ts'

/** A delivery that this process makes now. */
export interface ClaimedDelivery {
  readonly accountId: string
  readonly endpointId: string
  readonly number: string
  readonly eventId: string
  readonly isTest: boolean
  readonly tries: number
  readonly url: string
  /** Newest first. */
  readonly secrets: readonly string[]
  readonly type: string
  readonly occurredAt: Date
  readonly data: Readonly<Record<string, unknown>>
  /** Only for an endpoint that is told it, and only while it is known. */
  readonly consumer: { readonly phone: string | null; readonly consumerId: string | null } | null
}

/** At once to one endpoint by one process. Of one that fails, one: the first that arrives opens the way for the rest. */
const mostAtOnce = 10
/** At once by one process. Beyond it, and up to the second number, only for endpoints that have none under way. */
const mostOfAll = { shared: 100, ever: 300 }
/** Seconds after which another process takes a delivery over: longer than a try may take. */
const leaseSeconds = 25

interface ClaimRow {
  account_id: string
  endpoint_id: string
  number: string
  event_id: string
  is_test: boolean
  tries: number
  url: string
  secret: Buffer
  previous_secret: Buffer | null
  type: string
  occurred_at: Date
  data: Record<string, unknown>
  tells_address: boolean
  phone: string | null
  consumer_id: string | null
}

/**
 * Takes deliveries that are due, the longest waiting first, but of no endpoint more than its share: a slow one holds up
 * itself alone. A delivery is taken by putting it off until after the lease, so one whose process dies is due again.
 * @param underWay how many this process has under way, by endpoint.
 */
export async function claimDeliveries(
  db: DbOrTx,
  cipher: Cipher,
  processId: string,
  underWay: ReadonlyMap<string, number>,
): Promise<readonly ClaimedDelivery[]> {
  const all = [...underWay.values()].reduce((sum, count) => sum + count, 0)
  const rows = await db<ClaimRow[]>`
    with held as (
      select * from unnest(${[...underWay.keys()]}::uuid[], ${[...underWay.values()]}::int[]) held (endpoint_id, deliveries)),
    due as (
      select e.account_id, e.endpoint_id, d.number, d.next_try_at, coalesce(held.deliveries, 0) as held
      from webhook_endpoints e left join held on held.endpoint_id = e.endpoint_id
      cross join lateral (
        select w.number, w.next_try_at from webhook_deliveries w
        where w.account_id = e.account_id and w.endpoint_id = e.endpoint_id and w.state = 'waiting'
          and w.next_try_at <= clock_timestamp()
        order by w.next_try_at, w.number
        limit greatest(0, case when e.failing_since is null then ${mostAtOnce}
          when e.wait_until > clock_timestamp() then 0 else 1 end - coalesce(held.deliveries, 0))
        for update skip locked) d
      where e.state = 'on'),
    -- What waits for an endpoint that is paused, or asked to be left alone, may be many events: only tests are looked for.
    tests as (
      select w.account_id, w.endpoint_id, w.number, w.next_try_at
      from webhook_deliveries w join webhook_endpoints e using (account_id, endpoint_id)
      where w.state = 'waiting' and w.is_test and w.next_try_at <= clock_timestamp()
        and (e.state <> 'on' or e.failing_since is not null and e.wait_until > clock_timestamp())
      order by w.next_try_at limit ${mostAtOnce} for update of w skip locked),
    turns as (
      select account_id, endpoint_id, number, next_try_at,
        held + row_number() over (partition by account_id, endpoint_id order by next_try_at, number) as turn
      from due
      union all
      select account_id, endpoint_id, number, next_try_at, 1 from tests),
    placed as (
      select turns.*, row_number() over (order by turn, next_try_at) as place from turns),
    claimed as (
      update webhook_deliveries w set claimed_by = ${processId},
        next_try_at = clock_timestamp() + make_interval(secs => ${leaseSeconds})
      from placed p
      where w.account_id = p.account_id and w.endpoint_id = p.endpoint_id and w.number = p.number
        and (p.place <= ${mostOfAll.shared - all} or p.turn = 1 and p.place <= ${mostOfAll.ever - all})
      returning w.account_id, w.endpoint_id, w.number, w.event_id, w.is_test, w.tries)
    select claimed.*, e.url, e.secret, case when e.previous_until > now() then e.previous_secret end as previous_secret,
      e.tells_address, v.type, v.occurred_at, v.data,
      coalesce(c.consumer_phone, t.consumer_phone, case when o.address like '+%' then o.address end) as phone,
      coalesce(c.consumer_id, case when t.channel = 'inapp' then t.address end,
        case when o.address not like '+%' then o.address end) as consumer_id
    from claimed
      join webhook_endpoints e using (account_id, endpoint_id)
      join webhook_events v using (account_id, event_id)
      left join calls c on e.tells_address and c.account_id = v.account_id and c.call_id = v.call_id
      left join conversations t on e.tells_address and t.account_id = v.account_id and t.conversation_id = v.conversation_id
      left join opt_outs o on e.tells_address and o.account_id = v.account_id and o.opt_out_id = v.opt_out_id`
  return rows.map((row) => {
    const open = (sealed: Buffer) => cipher.decrypt(sealed, secretContext.webhook(row.account_id, row.endpoint_id))
    return {
      accountId: row.account_id,
      endpointId: row.endpoint_id,
      number: row.number,
      eventId: row.event_id,
      isTest: row.is_test,
      tries: row.tries,
      url: row.url,
      secrets: [row.secret, ...(row.previous_secret === null ? [] : [row.previous_secret])].map(open),
      type: row.type,
      occurredAt: row.occurred_at,
      data: row.data,
      consumer: row.tells_address ? consumerOf(row) : null,
    }
  })
}

/** What stands in the place of an erased person's address names nobody, and is nobody else's business. */
function consumerOf({ phone, consumer_id }: ClaimRow): ClaimedDelivery['consumer'] {
  const known = (address: string | null) => (address !== null && /erased[-:]/.test(address) ? null : address)
  const consumer = { phone: known(phone), consumerId: known(consumer_id) }
  return consumer.phone === null && consumer.consumerId === null ? null : consumer
}

type Named = Pick<ClaimedDelivery, 'accountId' | 'endpointId' | 'number'>

/** Attempts that are kept of one delivery: a schedule and a few by hand. */
const attemptsKept = 20

const appended = (db: DbOrTx, attempt: WebhookAttempt) => db`
  jsonb_path_query_array(attempts || ${db.json({ ...attempt, at: attempt.at.toISOString() } as never)}::jsonb,
    ${`$[last - ${attemptsKept - 1} to last]`}::jsonpath)`

/** It arrived. The endpoint works, and whatever waits for it goes at full width again. */
export async function recordDelivered(db: DbOrTx, delivery: Named, attempt: WebhookAttempt): Promise<void> {
  const { accountId, endpointId, number } = delivery
  await db`
    with endpoint as (
      update webhook_endpoints set failing_since = null, last_error = null, wait_until = null
      where account_id = ${accountId} and endpoint_id = ${endpointId} and failing_since is not null)
    update webhook_deliveries set state = 'delivered', tries = tries + 1, claimed_by = null, ended_at = clock_timestamp(),
      attempts = ${appended(db, attempt)}
    where account_id = ${accountId} and endpoint_id = ${endpointId} and number = ${number}`
}

/**
 * It did not arrive. What another process that took it over has recorded meanwhile stays: only its attempt is added.
 * @param next.delaySeconds until the next try; null: there is none.
 * @param next.askedSeconds in which the endpoint wants to hear nothing at all; null: it asked for no such thing.
 * @param next.disableAfterDays an endpoint that has only failed for longer is disabled.
 * @returns `disabled` when this switched the endpoint off.
 */
export async function recordUndelivered(
  db: DbOrTx,
  delivery: Named & { readonly isTest: boolean },
  attempt: WebhookAttempt,
  next: {
    readonly processId: string
    readonly delaySeconds: number | null
    readonly askedSeconds: number | null
    readonly disableAfterDays: number
  },
): Promise<{ disabled: boolean }> {
  const { accountId, endpointId, number, isTest } = delivery
  const { processId, delaySeconds, askedSeconds, disableAfterDays } = next
  const gone = attempt.error === 'gone'
  const [row] = await db<{ disabled: boolean }[]>`
    with own as (
      update webhook_deliveries set tries = tries + 1, attempts = ${appended(db, attempt)},
        state = case when state <> 'waiting' or claimed_by is distinct from ${processId} then state
          when ${delaySeconds}::float8 is null then 'failed' else 'waiting' end,
        next_try_at = case when claimed_by is distinct from ${processId} then next_try_at
          else clock_timestamp() + make_interval(secs => ${delaySeconds ?? 0}) end,
        ended_at = case when state = 'waiting' and ${delaySeconds}::float8 is null then clock_timestamp() else ended_at end,
        claimed_by = case when claimed_by is distinct from ${processId} then claimed_by end
      where account_id = ${accountId} and endpoint_id = ${endpointId} and number = ${number}),
    judged as (
      select state as before, case when ${gone} then 'gone'
        when failing_since < now() - make_interval(days => ${disableAfterDays}) then 'failing' end as why
      from webhook_endpoints where account_id = ${accountId} and endpoint_id = ${endpointId}),
    endpoint as (
      update webhook_endpoints e set failing_since = coalesce(failing_since, clock_timestamp()), last_error = ${attempt.error},
        wait_until = greatest(wait_until, clock_timestamp() + make_interval(secs => ${askedSeconds}::float8)),
        disabled_for = coalesce(disabled_for, judged.why),
        state = case when judged.why is null then state else 'disabled' end
      from judged where e.account_id = ${accountId} and e.endpoint_id = ${endpointId} and ${!isTest})
    select ${!isTest} and why is not null and before <> 'disabled' as disabled from judged`
  return { disabled: row?.disabled ?? false }
}
