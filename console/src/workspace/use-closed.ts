import { useInfiniteQuery } from '@tanstack/react-query'
import { useDeferredValue } from 'react'
import { api } from '../api.ts'
import type { ConversationView } from '../live/shapes.ts'

/** Closed conversations beyond those that the page began with: asked of the server, page by page, with the search. */
export function useClosed(
  wanted: boolean,
  search: string,
): {
  conversations: readonly ConversationView[]
  more: { load(): void; loading: boolean } | null
} {
  const words = useDeferredValue(search.trim())
  const pages = useInfiniteQuery({
    queryKey: ['closed', words],
    enabled: wanted,
    initialPageParam: '',
    // The words may be somebody's number: they go in the body, never in an address.
    queryFn: ({ pageParam, signal }) =>
      words === ''
        ? api('GET /api/workspace/conversations', {
            query: { list: 'closed', ...(pageParam === '' ? {} : { cursor: pageParam }) },
            signal,
          })
        : api('POST /api/workspace/conversations/search', {
            body: { search: words, list: 'closed', cursor: pageParam === '' ? null : pageParam },
            signal,
          }),
    getNextPageParam: (last) => last.next ?? undefined,
  })
  if (!wanted) return { conversations: [], more: null }
  const loading = pages.isFetching
  return {
    conversations: pages.data?.pages.flatMap((page) => page.conversations) ?? [],
    more: pages.hasNextPage || pages.isPending ? { load: () => void pages.fetchNextPage(), loading } : null,
  }
}
