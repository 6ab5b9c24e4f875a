import { useQuery } from '@tanstack/react-query'
import { type Answer, api } from '../api.ts'
import { useSession } from '../session.ts'

export type Erasure = Answer<'GET /api/admin/accounts/{accountId}/erasures'>['erasures'][number]

export const erasuresKey = (accountId: string) => ['erasures', accountId] as const

/** While one is under way it is looked at often; it takes moments. */
const underWayMs = 1_000

export function useErasures() {
  const { accountId } = useSession()
  return useQuery({
    queryKey: erasuresKey(accountId),
    queryFn: ({ signal }) => api('GET /api/admin/accounts/{accountId}/erasures', { params: { accountId }, signal }),
    refetchInterval: ({ state }) =>
      state.data?.erasures.some((one) => one.state !== 'done') === true ? underWayMs : false,
  })
}
