import type { UseInfiniteQueryResult } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { ErrorState } from '../ui/error-state.tsx'
import { RowsSkeleton } from '../ui/rows-skeleton.tsx'
import { MoreButton } from './more-button.tsx'

/** A list that comes part by part, in all its states: on its way, refused, empty, and with more to come. */
export function ListInParts({
  query,
  length,
  expected = 6,
  empty,
  children,
}: {
  query: Pick<
    UseInfiniteQueryResult,
    'error' | 'isPending' | 'isSuccess' | 'refetch' | 'hasNextPage' | 'isFetchingNextPage' | 'fetchNextPage'
  >
  /** How many rows have come. */
  length: number
  /** How many are drawn while the first are on their way. */
  expected?: number
  empty: ReactNode
  /** The list itself, once it has rows. */
  children: ReactNode
}) {
  return (
    <>
      {query.error !== null && length === 0 && <ErrorState error={query.error} retry={() => void query.refetch()} />}
      {query.isPending && <RowsSkeleton rows={expected} />}
      {query.isSuccess && length === 0 && empty}
      {length > 0 && children}
      <MoreButton query={query} />
    </>
  )
}
