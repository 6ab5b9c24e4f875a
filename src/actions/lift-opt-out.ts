import { demand } from '../demand.ts'
import type { Deps } from '../deps.ts'
import type { CredentialCaller, UserCaller } from '../domain/caller.ts'
import { channels } from '../domain/channel.ts'
import { masked } from '../domain/masked.ts'
import { isStorable } from '../domain/outside-data.ts'
import { Problem } from '../errors.ts'
import { recordAudit } from '../store/audit.ts'
import { lockConsumer } from '../store/consumer-lock.ts'
import { atomic } from '../store/db.ts'
import { findOptOut } from '../store/opt-out-list.ts'
import { liftOptOut as lift } from '../store/opt-outs.ts'

/**
 * Lifts an opt-out by hand, because the consumer has said so by another way than START. One that binds every channel is
 * lifted on all of them; one of a channel there, and what binds every channel with it, as START would. The provider may
 * keep a list of its own, which only the consumer's START empties.
 * @throws Problem `forbidden`, `not-found`, `invalid-request` without a reason
 */
export async function liftOptOut(
  deps: Deps,
  caller: UserCaller | CredentialCaller,
  optOutId: string,
  reason: string,
): Promise<void> {
  demand(caller, 'opt-outs.change')
  const { accountId } = caller
  const why = reason.trim()
  if (why === '' || !isStorable(why))
    throw new Problem('invalid-request', { details: ['`reason` must say how the consumer told it.'] })
  const known = await findOptOut(deps.db, accountId, optOutId)
  if (known === null) throw new Problem('not-found')
  const who = caller.kind === 'user' ? caller.userId : caller.credentialId
  await atomic(deps.db, async (tx) => {
    await lockConsumer(tx, accountId, known.address)
    const before = await findOptOut(tx, accountId, optOutId)
    if (before === null || before.liftedAt !== null) return
    const source = caller.kind === 'user' ? 'agent' : 'api'
    for (const channel of known.channel === '*' ? channels : [known.channel])
      await lift(tx, accountId, {
        ...{ address: known.address, channel, source, senderId: null },
        evidence: `${who}: ${why}`,
      })
    await recordAudit(tx, accountId, caller, {
      ...{ action: 'opt-out.lift', subject: optOutId },
      before: { address: masked(known.address), channel: known.channel },
      after: { reason: why },
    })
  })
}
