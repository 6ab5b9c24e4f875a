import type { WebhookError, WebhookEventType, WebhookHealth, WebhookState } from '../domain/webhook.ts'
import { secretContext } from './account-config.ts'
import type { Cipher } from './cipher.ts'
import type { DbOrTx } from './db.ts'

/** Where a brand wants to hear of its events, without the secrets. */
export interface WebhookEndpoint extends WebhookHealth {
  readonly url: string
  /** Null: every type, also those to come. */
  readonly events: readonly WebhookEventType[] | null
  readonly tellsAddress: boolean
  /** Until then the secret before the newest one signs as well. */
  readonly previousUntil: Date | null
  readonly createdAt: Date
}

interface EndpointRow {
  endpoint_id: string
  title: string
  url: string
  events: WebhookEventType[] | null
  tells_address: boolean
  state: WebhookState
  disabled_for: WebhookEndpoint['disabledFor']
  previous_until: Date | null
  failing_since: Date | null
  last_error: WebhookError | null
  created_at: Date
}

const endpointOf = (row: EndpointRow): WebhookEndpoint => ({
  endpointId: row.endpoint_id,
  title: row.title,
  url: row.url,
  events: row.events,
  tellsAddress: row.tells_address,
  state: row.state,
  disabledFor: row.disabled_for,
  previousUntil: row.previous_until,
  failingSince: row.failing_since,
  lastError: row.last_error,
  createdAt: row.created_at,
})

/** An account's endpoints, oldest first. */
export async function listWebhooks(db: DbOrTx, accountId: string): Promise<readonly WebhookEndpoint[]> {
  const rows = await db<EndpointRow[]>`
    select endpoint_id, title, url, events, tells_address, state, disabled_for, failing_since, last_error, created_at,
      case when previous_until > now() then previous_until end as previous_until
    from webhook_endpoints where account_id = ${accountId} order by created_at, endpoint_id`
  return rows.map(endpointOf)
}

/** One endpoint; null: the account has no such. */
export async function loadWebhook(db: DbOrTx, accountId: string, endpointId: string): Promise<WebhookEndpoint | null> {
  return (await listWebhooks(db, accountId)).find((endpoint) => endpoint.endpointId === endpointId) ?? null
}

export interface WebhookFields {
  readonly title: string
  readonly url: string
  readonly events: readonly WebhookEventType[] | null
  readonly tellsAddress: boolean
}

export async function insertWebhook(
  tx: DbOrTx,
  cipher: Cipher,
  accountId: string,
  endpoint: WebhookFields & { readonly endpointId: string; readonly secret: string },
): Promise<void> {
  const { endpointId, title, url, events, tellsAddress, secret } = endpoint
  await tx`
    insert into webhook_endpoints (account_id, endpoint_id, title, url, events, tells_address, secret)
    values (${accountId}, ${endpointId}, ${title}, ${url}, ${events === null ? null : [...events]}, ${tellsAddress},
      ${cipher.encrypt(secret, secretContext.webhook(accountId, endpointId))})`
}

/** Stores what may change. Whoever switches an endpoint on again begins anew: past failures no longer count. */
export async function updateWebhook(
  tx: DbOrTx,
  accountId: string,
  endpoint: WebhookFields & { readonly endpointId: string; readonly state: WebhookState },
): Promise<void> {
  const { endpointId, title, url, events, tellsAddress, state } = endpoint
  await tx`
    update webhook_endpoints set title = ${title}, url = ${url}, events = ${events === null ? null : [...events]},
      tells_address = ${tellsAddress}, state = ${state},
      disabled_for = case when ${state} <> 'disabled' then null else coalesce(disabled_for, 'hand') end,
      failing_since = case when state = ${state} and url = ${url} then failing_since end,
      last_error = case when state = ${state} and url = ${url} then last_error end,
      wait_until = case when state = ${state} and url = ${url} then wait_until end
    where account_id = ${accountId} and endpoint_id = ${endpointId}`
}

/** Gives an endpoint a new secret; the one before it signs beside it for `hours`. @returns until when. */
export async function renewWebhookSecret(
  tx: DbOrTx,
  cipher: Cipher,
  accountId: string,
  endpointId: string,
  next: { readonly secret: string; readonly hours: number },
): Promise<Date> {
  const sealed = cipher.encrypt(next.secret, secretContext.webhook(accountId, endpointId))
  const [row] = await tx<{ previous_until: Date }[]>`
    update webhook_endpoints set previous_secret = secret, secret = ${sealed},
      previous_until = now() + make_interval(hours => ${next.hours})
    where account_id = ${accountId} and endpoint_id = ${endpointId} returning previous_until`
  return row!.previous_until
}

/** Removes an endpoint: nothing more is told to it. What was told it is forgotten with time. */
export async function deleteWebhook(tx: DbOrTx, accountId: string, endpointId: string): Promise<void> {
  await tx`delete from webhook_endpoints where account_id = ${accountId} and endpoint_id = ${endpointId}`
}
