import { type UseMutationResult, useInfiniteQuery, useMutation } from '@tanstack/react-query'
import { type Answer, api } from '../../api.ts'
import { queryClient } from '../../query-client.ts'
import { useSession } from '../../session.ts'

type Page = Answer<'GET /api/admin/accounts/{accountId}/webhooks/{endpointId}/deliveries'>
export type Delivery = Page['deliveries'][number]

const keyOf = (accountId: string, endpointId: string) => ['deliveries', accountId, endpointId] as const
/** Milliseconds between looks while something is under way, and when nothing is. */
const lookMs = { moving: 2_000, resting: 15_000 }

/** What an endpoint was told, the newest first, part by part; it moves by itself. */
export function useDeliveries(endpointId: string, state: string) {
  const { accountId } = useSession()
  return useInfiniteQuery({
    queryKey: [...keyOf(accountId, endpointId), state],
    queryFn: ({ pageParam, signal }): Promise<Page> =>
      api('GET /api/admin/accounts/{accountId}/webhooks/{endpointId}/deliveries', {
        params: { accountId, endpointId },
        query: {
          ...(state === '' ? {} : { state: state as Delivery['state'] }),
          ...(pageParam === null ? {} : { before: pageParam }),
        },
        signal,
      }),
    initialPageParam: null as string | null,
    getNextPageParam: ({ next }) => next,
    refetchInterval: ({ state: { data } }) =>
      data?.pages.some(({ deliveries }) => deliveries.some(isMoving)) === true ? lookMs.moving : lookMs.resting,
  })
}

const soonMs = 30_000
/** Under way, or due about now; what waits for a paused endpoint, or for hours, does not move. */
const isMoving = ({ underWay, nextTryAt }: Delivery) =>
  underWay || (nextTryAt !== null && Math.abs(Date.parse(nextTryAt) - Date.now()) < soonMs)

/** A deed on an endpoint's deliveries; the list is read anew afterwards. */
export function useDeliveryDeed<Input, Done>(
  endpointId: string,
  deed: (params: { accountId: string; endpointId: string }, input: Input) => Promise<Done>,
): UseMutationResult<Done, Error, Input> {
  const { accountId } = useSession()
  return useMutation({
    mutationFn: (input: Input) => deed({ accountId, endpointId }, input),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: keyOf(accountId, endpointId) }),
  })
}
