import { demand } from '../demand.ts'
import type { Deps } from '../deps.ts'
import type { Caller } from '../domain/caller.ts'
import { Problem } from '../errors.ts'
import { recordAudit } from '../store/audit.ts'
import { changeAccount } from '../store/change-account.ts'
import { deletePrice as remove } from '../store/prices.ts'

/** Takes a price out of the table; what was settled by it stays. @throws Problem `forbidden`, `not-found` */
export async function deletePrice(deps: Deps, caller: Caller, accountId: string, priceId: string): Promise<void> {
  demand(caller, 'prices.change')
  await changeAccount(deps, caller, accountId, async (tx) => {
    const before = await remove(tx, accountId, priceId)
    if (before === null) throw new Problem('not-found')
    await recordAudit(tx, accountId, caller, { action: 'price.delete', subject: priceId, before, after: null })
  })
}
