import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query'
import { type Answer, api } from '../../api.ts'
import { useSession } from '../../session.ts'
import { useLate } from '../use-late.ts'

type Page = Answer<'POST /api/admin/accounts/{accountId}/opt-outs/search'>
export type OptOut = Page['optOuts'][number]
export interface OptOutFilters {
  readonly channel: string
  readonly state: string
}

export const optOutsKey = (accountId: string) => ['opt-outs', accountId] as const

/** Opt-outs, the newest first, part by part; asked for once the search has stood for a moment. */
export function useOptOuts(search: string, { channel, state }: OptOutFilters) {
  const { accountId } = useSession()
  const wanted = useLate(search.trim())
  return useInfiniteQuery({
    queryKey: [...optOutsKey(accountId), wanted, channel, state],
    queryFn: ({ pageParam, signal }): Promise<Page> =>
      api('POST /api/admin/accounts/{accountId}/opt-outs/search', {
        params: { accountId },
        body: {
          search: wanted === '' ? null : wanted,
          channel: channel === '' ? null : (channel as OptOut['channel']),
          state: state as 'binding',
          cursor: pageParam,
        },
        signal,
      }),
    initialPageParam: null as string | null,
    getNextPageParam: ({ next }) => next,
    placeholderData: keepPreviousData,
  })
}
