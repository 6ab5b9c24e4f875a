import { demand } from '../demand.ts'
import type { Deps } from '../deps.ts'
import type { Caller } from '../domain/caller.ts'
import { mostPrices, type Price, type PriceDraft, priceFaults } from '../domain/price.ts'
import { Problem } from '../errors.ts'
import { recordAudit } from '../store/audit.ts'
import { changeAccount } from '../store/change-account.ts'
import { listPrices, putPrice } from '../store/prices.ts'

/**
 * Sets what a message of one kind costs from now on; what is settled already stays. One price for each channel, sender,
 * country and category: set again, it is replaced.
 * @throws Problem `forbidden`, `invalid-request` with a sentence for each fault
 */
export async function setPrice(deps: Deps, caller: Caller, accountId: string, draft: PriceDraft): Promise<Price> {
  demand(caller, 'prices.change')
  return changeAccount(deps, caller, accountId, async (tx, config) => {
    const faults = priceFaults(draft, config)
    if (faults.length > 0) throw new Problem('invalid-request', { details: faults })
    const { before, after } = await putPrice(tx, accountId, draft)
    if (before === null && (await listPrices(tx, accountId)).length > mostPrices)
      throw new Problem('invalid-request', { details: [`A price table has at most ${mostPrices} prices.`] })
    await recordAudit(tx, accountId, caller, { action: 'price.set', subject: after.priceId, before, after })
    return after
  })
}
