import { Select } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { api } from '../../api.ts'
import { useMay, useSession } from '../../session.ts'
import { EmptyState } from '../../ui/empty-state.tsx'
import { ErrorState } from '../../ui/error-state.tsx'
import { ListToolbar } from '../../ui/list-toolbar.tsx'
import { PageBody } from '../../ui/page-body.tsx'
import { PageHeader } from '../../ui/page-header.tsx'
import { RowsSkeleton } from '../../ui/rows-skeleton.tsx'
import { useUrlFilters } from '../../ui/use-url-filters.ts'
import { MoreButton } from '../more-button.tsx'
import { useConfig } from '../use-config.ts'
import { AuditList } from './audit-list.tsx'
import { actionWords, type Entry, nounsOf } from './audit-words.ts'

const defaults = { about: '', who: '' }
const perPart = 100

/** Who changed what, and from what to what. */
export function AuditPage() {
  const { accountId } = useSession()
  const users = useConfig('users', { enabled: useMay()('users.read') })
  const [filters, setFilters] = useUrlFilters(defaults)
  const [search, setSearch] = useState('')
  const query = useInfiniteQuery({
    queryKey: ['audit', accountId],
    queryFn: ({ pageParam, signal }) =>
      api('GET /api/admin/accounts/{accountId}/audit', {
        params: { accountId },
        query: pageParam === null ? {} : { after: pageParam },
        signal,
      }),
    initialPageParam: null as string | null,
    getNextPageParam: ({ entries }) => (entries.length < perPart ? null : (entries.at(-1)?.auditId ?? null)),
  })
  const entries: readonly Entry[] = query.data?.pages.flatMap((part) => part.entries) ?? []
  const nameOf = (actor: string): string => {
    const id = actor.replace(/^user:/, '')
    const user = users.data?.users.find(({ userId }) => userId === id)
    if (user !== undefined) return user.name
    if (actor.startsWith('credential:')) return 'an API key or app'
    return actor === 'operator' ? 'the operator' : actor === 'system' ? 'the system' : 'somebody who is gone'
  }
  const wanted = search.trim().toLowerCase()
  const found = entries.filter(
    (entry) =>
      (filters.about === '' || entry.action.startsWith(`${filters.about}.`)) &&
      (filters.who === '' || entry.actor === filters.who) &&
      (wanted === '' ||
        `${actionWords(entry.action)} ${nameOf(entry.actor)} ${entry.subject} ${JSON.stringify(entry.after)} ${JSON.stringify(entry.before)}`
          .toLowerCase()
          .includes(wanted)),
  )
  const nouns = nounsOf(entries)
  return (
    <PageBody>
      <PageHeader
        title="Audit log"
        purpose="Who changed what in the set-up, and from what to what. Nobody can change it."
      />
      {query.error !== null && entries.length === 0 && (
        <ErrorState error={query.error} retry={() => void query.refetch()} />
      )}
      {query.isPending && <RowsSkeleton rows={8} />}
      {query.isSuccess && entries.length === 0 && (
        <EmptyState title="Nothing has been changed yet">
          Every change of the set-up is written here as it is made.
        </EmptyState>
      )}
      {entries.length > 0 && (
        <>
          <ListToolbar
            search={search}
            onSearch={setSearch}
            placeholder="Search changes"
            count={`${found.length === entries.length ? '' : `${found.length} of `}${entries.length}${query.hasNextPage ? ' newest' : ''} changes`}
          >
            <Select
              aria-label="About"
              w={180}
              data={[{ value: '', label: 'Everything' }, ...nouns]}
              value={filters.about}
              onChange={(about) => setFilters({ about: about ?? '' })}
              allowDeselect={false}
            />
            <Select
              aria-label="Who"
              w={180}
              data={[
                { value: '', label: 'Anybody' },
                ...[...new Set(entries.map(({ actor }) => actor))].map((value) => ({ value, label: nameOf(value) })),
              ]}
              value={filters.who}
              onChange={(who) => setFilters({ who: who ?? '' })}
              allowDeselect={false}
            />
          </ListToolbar>
          {found.length === 0 ? (
            <EmptyState title="No change is like that">Search for something else, or show older ones.</EmptyState>
          ) : (
            <AuditList entries={found} nameOf={nameOf} />
          )}
        </>
      )}
      <MoreButton
        shown={query.hasNextPage}
        loading={query.isFetchingNextPage}
        onMore={() => void query.fetchNextPage()}
      />
    </PageBody>
  )
}
