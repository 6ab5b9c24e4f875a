import { useInfiniteQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { api } from '../../api.ts'
import { useMay, useSession } from '../../session.ts'
import { EmptyState } from '../../ui/empty-state.tsx'
import { ListToolbar } from '../../ui/list-toolbar.tsx'
import { PageBody } from '../../ui/page-body.tsx'
import { PageHeader } from '../../ui/page-header.tsx'
import { useUrlFilters } from '../../ui/use-url-filters.ts'
import { actorWords } from '../actor-words.ts'
import { FilterSelect } from '../filter-select.tsx'
import { ListInParts } from '../list-in-parts.tsx'
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
    return users.data?.users.find(({ userId }) => userId === id)?.name ?? actorWords(actor)
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
      <ListInParts
        query={query}
        length={entries.length}
        expected={8}
        empty={
          <EmptyState title="Nothing has been changed yet">
            Every change of the set-up is written here as it is made.
          </EmptyState>
        }
      >
        <ListToolbar
          search={search}
          onSearch={setSearch}
          placeholder="Search changes"
          count={`${found.length === entries.length ? '' : `${found.length} of `}${entries.length}${query.hasNextPage ? ' newest' : ''} changes`}
        >
          <FilterSelect
            label="About"
            width={180}
            choices={[{ value: '', label: 'Everything' }, ...nouns]}
            value={filters.about}
            onChange={(about) => setFilters({ about })}
          />
          <FilterSelect
            label="Who"
            width={180}
            choices={[
              { value: '', label: 'Anybody' },
              ...[...new Set(entries.map(({ actor }) => actor))].map((value) => ({ value, label: nameOf(value) })),
            ]}
            value={filters.who}
            onChange={(who) => setFilters({ who })}
          />
        </ListToolbar>
        {found.length === 0 ? (
          <EmptyState title="No change is like that">Search for something else, or show older ones.</EmptyState>
        ) : (
          <AuditList entries={found} nameOf={nameOf} />
        )}
      </ListInParts>
    </PageBody>
  )
}
