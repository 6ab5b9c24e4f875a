import { api } from '../../api.ts'
import type { Price } from '../shapes.ts'
import { useChange } from '../use-config.ts'

/** Sets one price: for the same channel, sender, country and category it takes the place of the one before. */
export function useSetPrice() {
  return useChange(
    (accountId, body: Omit<Price, 'priceId'>) =>
      api('POST /api/admin/accounts/{accountId}/prices', { params: { accountId }, body }),
    ['prices'],
  )
}
