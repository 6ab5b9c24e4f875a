import { type UseMutationResult, type UseQueryResult, useMutation, useQuery } from '@tanstack/react-query'
import { type Answer, api } from '../api.ts'
import { queryClient } from '../query-client.ts'
import { useSession } from '../session.ts'

/** What of a brand's configuration can be read whole. */
export type Noun =
  | 'handoffs'
  | 'templates'
  | 'senders'
  | 'connectors'
  | 'skills'
  | 'settings'
  | 'users'
  | 'api-keys'
  | 'apps'
  | 'canned-replies'
  | 'webhooks'
  | 'prices'

export type Config<N extends Noun> = Answer<`GET /api/admin/accounts/{accountId}/${N}`>

const keyOf = (accountId: string, noun: string) => ['config', accountId, noun] as const

/** One noun of the brand's configuration; `enabled` false: it is not asked for, since the person may not read it. */
export function useConfig<N extends Noun>(noun: N, { enabled = true } = {}): UseQueryResult<Config<N>> {
  const { accountId } = useSession()
  return useQuery({
    queryKey: keyOf(accountId, noun),
    queryFn: async ({ signal }) => {
      const operation = `GET /api/admin/accounts/{accountId}/${noun}` as 'GET /api/admin/accounts/{accountId}/skills'
      return (await api(operation, { params: { accountId }, signal })) as Config<N>
    },
    enabled,
  })
}

/**
 * It was asked for and could not be read, so that there is nothing to show. What was read once stays on the page, with all
 * that was typed over it, however often reading it anew fails.
 */
export const isUnread = ({ data, error }: Pick<UseQueryResult, 'data' | 'error'>): boolean =>
  error !== null && data === undefined

/**
 * A change of the configuration: afterwards the nouns that it changes, and what the health strip says, are read anew.
 * It is pending until they are, so that nobody sees what was before.
 * @param done hears of it before anything is read anew: what is read may take the place away in which it was asked for.
 */
export function useChange<Input, Changed>(
  change: (accountId: string, input: Input) => Promise<Changed>,
  changes: readonly Noun[],
  done?: (changed: Changed) => void,
): UseMutationResult<Changed, Error, Input> {
  const { accountId } = useSession()
  return useMutation({
    mutationFn: (input: Input) => change(accountId, input),
    onSuccess: (changed) => {
      done?.(changed)
      return Promise.all(
        [...changes, 'health', 'versions'].map((noun) =>
          queryClient.invalidateQueries({ queryKey: keyOf(accountId, noun) }),
        ),
      )
    },
  })
}
