import type { Deps } from '../deps.ts'
import type { Caller } from '../domain/caller.ts'
import { Problem } from '../errors.ts'
import { recordAudit } from '../store/audit.ts'
import { changeAccount } from '../store/change-account.ts'
import { deleteWebhook as deleteRow, loadWebhook } from '../store/webhook-endpoints.ts'

/** Removes a webhook endpoint; what still waited for it is not sent. @throws Problem `not-found` */
export async function deleteWebhook(deps: Deps, caller: Caller, accountId: string, endpointId: string): Promise<void> {
  await changeAccount(deps, caller, accountId, async (tx) => {
    const known = await loadWebhook(tx, accountId, endpointId)
    if (known === null) throw new Problem('not-found')
    await deleteRow(tx, accountId, endpointId)
    const { title, url, events, tellsAddress, state } = known
    await recordAudit(tx, accountId, caller, {
      action: 'webhook.delete',
      subject: endpointId,
      before: { title, url, events, tellsAddress, state },
      after: null,
    })
  })
}
