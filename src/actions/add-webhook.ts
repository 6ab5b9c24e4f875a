import { randomUUID } from 'node:crypto'
import type { Deps } from '../deps.ts'
import type { Caller } from '../domain/caller.ts'
import { webhookFaults } from '../domain/check-webhook.ts'
import { mostWebhooks } from '../domain/webhook.ts'
import { Problem } from '../errors.ts'
import { recordAudit } from '../store/audit.ts'
import { changeAccount } from '../store/change-account.ts'
import {
  insertWebhook,
  listWebhooks,
  loadWebhook,
  type WebhookEndpoint,
  type WebhookFields,
} from '../store/webhook-endpoints.ts'
import { newWebhookSecret } from '../webhooks/signature.ts'
import { wrongEndpoint } from '../webhooks/wrong-endpoint.ts'

/**
 * Makes a webhook endpoint, which hears of events from now on; its secret is told this once.
 * @throws Problem `invalid-request`; `conflict` when the account has all the endpoints it may have.
 */
export async function addWebhook(
  deps: Deps,
  caller: Caller,
  accountId: string,
  input: WebhookFields,
): Promise<WebhookEndpoint & { readonly secret: string }> {
  return changeAccount(deps, caller, accountId, async (tx) => {
    const address = wrongEndpoint(input.url, deps.config.allowPrivateNetworks)
    const details = [...webhookFaults(input), ...(address === null ? [] : [address])]
    if (details.length > 0) throw new Problem('invalid-request', { details })
    if ((await listWebhooks(tx, accountId)).length >= mostWebhooks)
      throw new Problem('conflict', { sentence: `An account has at most ${mostWebhooks} webhook endpoints` })
    const endpointId = randomUUID()
    const secret = newWebhookSecret()
    await insertWebhook(tx, deps.cipher, accountId, { ...input, endpointId, secret })
    await recordAudit(tx, accountId, caller, {
      action: 'webhook.create',
      subject: endpointId,
      before: null,
      after: { title: input.title, url: input.url, events: input.events, tellsAddress: input.tellsAddress },
    })
    return { ...(await loadWebhook(tx, accountId, endpointId))!, secret }
  })
}
