import type { Deps } from '../deps.ts'
import type { Caller } from '../domain/caller.ts'
import { webhookRotationHours } from '../domain/webhook.ts'
import { Problem } from '../errors.ts'
import { recordAudit } from '../store/audit.ts'
import { changeAccount } from '../store/change-account.ts'
import { loadWebhook, renewWebhookSecret } from '../store/webhook-endpoints.ts'
import { newWebhookSecret } from '../webhooks/signature.ts'

/**
 * Gives a webhook endpoint a new secret, told this once. For a day both sign, so that the receiver can change over when it
 * likes; a third one within that day ends the first. @throws Problem `not-found`
 */
export async function renewWebhook(
  deps: Deps,
  caller: Caller,
  accountId: string,
  endpointId: string,
): Promise<{ readonly endpointId: string; readonly secret: string; readonly previousUntil: Date }> {
  return changeAccount(deps, caller, accountId, async (tx) => {
    if ((await loadWebhook(tx, accountId, endpointId)) === null) throw new Problem('not-found')
    const secret = newWebhookSecret()
    const next = { secret, hours: webhookRotationHours }
    const previousUntil = await renewWebhookSecret(tx, deps.cipher, accountId, endpointId, next)
    await recordAudit(tx, accountId, caller, {
      action: 'webhook.renew',
      subject: endpointId,
      before: null,
      after: { secrets: 'changed' },
    })
    return { endpointId, secret, previousUntil }
  })
}
