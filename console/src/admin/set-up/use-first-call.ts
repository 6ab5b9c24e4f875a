import { useQuery } from '@tanstack/react-query'
import { type Answer, api } from '../../api.ts'
import { useMay } from '../../session.ts'

export type FirstCall = Answer<'POST /api/transactions/search'>['transactions'][number]

/** The newest call of the brand, looked for until there is one; null: none yet. */
export function useFirstCall(): FirstCall | null {
  const { data } = useQuery({
    queryKey: ['first-call'],
    queryFn: async ({ signal }) => {
      const { transactions } = await api('POST /api/transactions/search', { body: { limit: 1 }, signal })
      return transactions[0] ?? null
    },
    enabled: useMay()('transactions.read'),
    refetchInterval: 4_000,
  })
  return data ?? null
}
