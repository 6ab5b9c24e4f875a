import type { Deps } from '../deps.ts'
import type { Caller } from '../domain/caller.ts'
import { webhookKeptDays } from '../domain/webhook.ts'
import { Problem } from '../errors.ts'
import { enqueue } from '../jobs/queue.ts'
import { recordAudit } from '../store/audit.ts'
import { atomic } from '../store/db.ts'
import { type ReplayScope, replayDelivery } from '../store/webhook-deliveries.ts'
import { loadWebhook } from '../store/webhook-endpoints.ts'

const dayMs = 86_400_000

/**
 * Tells an endpoint again: one delivery, or everything since a time, which a job then works through. Events keep their ids,
 * so a receiver that has one already knows it.
 * @throws Problem `not-found`; `conflict` while the endpoint is disabled; `invalid-request` for a time that is not kept.
 */
export async function replayWebhook(
  deps: Deps,
  caller: Caller,
  accountId: string,
  endpointId: string,
  replay: { readonly number: string } | { readonly since: Date; readonly scope: ReplayScope },
): Promise<void> {
  await atomic(deps.db, async (tx) => {
    const endpoint = await loadWebhook(tx, accountId, endpointId)
    if (endpoint === null) throw new Problem('not-found')
    if (endpoint.state === 'disabled')
      throw new Problem('conflict', { sentence: 'The endpoint is disabled: switch it on first' })
    const audit = (after: Record<string, string>) =>
      recordAudit(tx, accountId, caller, { action: 'webhook.replay', subject: endpointId, before: null, after })
    if ('number' in replay) {
      if (!(await replayDelivery(tx, accountId, endpointId, replay.number))) throw new Problem('not-found')
      return audit({ title: endpoint.title, number: replay.number })
    }
    const { since, scope } = replay
    const until = deps.clock.now()
    if (since > until || since.getTime() < until.getTime() - webhookKeptDays * dayMs) {
      const details = [`The time must lie within the last ${webhookKeptDays} days, for which events are kept.`]
      throw new Problem('invalid-request', { details })
    }
    const span = { since: since.toISOString(), until: until.toISOString() }
    await enqueue(tx, 'replay-webhook', { accountId, endpointId, ...span, scope })
    await audit({ title: endpoint.title, since: span.since, scope })
  })
}
