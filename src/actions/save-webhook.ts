import type { Deps } from '../deps.ts'
import type { Caller } from '../domain/caller.ts'
import { webhookFaults } from '../domain/check-webhook.ts'
import type { WebhookState } from '../domain/webhook.ts'
import { Problem } from '../errors.ts'
import { recordAudit } from '../store/audit.ts'
import { changeAccount } from '../store/change-account.ts'
import { loadWebhook, updateWebhook, type WebhookEndpoint, type WebhookFields } from '../store/webhook-endpoints.ts'
import { wrongEndpoint } from '../webhooks/wrong-endpoint.ts'

export type WebhookChange = Partial<WebhookFields & { readonly state: WebhookState }>

/**
 * Changes, pauses, disables or switches on a webhook endpoint. What waits for it goes when it is on again.
 * @throws Problem `not-found`, `invalid-request`
 */
export async function saveWebhook(
  deps: Deps,
  caller: Caller,
  accountId: string,
  endpointId: string,
  change: WebhookChange,
): Promise<WebhookEndpoint> {
  return changeAccount(deps, caller, accountId, async (tx) => {
    const known = await loadWebhook(tx, accountId, endpointId)
    if (known === null) throw new Problem('not-found')
    const { title, url, events, tellsAddress, state } = known
    const before = { title, url, events, tellsAddress, state }
    const after = { ...before, ...change }
    // An address that was allowed when it was given must not keep its endpoint from being paused.
    const address = after.url === url ? null : wrongEndpoint(after.url, deps.config.allowPrivateNetworks)
    const details = [...webhookFaults(after), ...(address === null ? [] : [address])]
    if (details.length > 0) throw new Problem('invalid-request', { details })
    await updateWebhook(tx, accountId, { endpointId, ...after })
    await recordAudit(tx, accountId, caller, { action: 'webhook.change', subject: endpointId, before, after })
    return (await loadWebhook(tx, accountId, endpointId))!
  })
}
