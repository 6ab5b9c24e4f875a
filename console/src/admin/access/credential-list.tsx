import type { UseQueryResult } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import type { Column } from '../../ui/data-table.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { Time } from '../../ui/time.tsx'
import { useUrlFilters } from '../../ui/use-url-filters.ts'
import names from '../admin.module.css'
import { List } from '../list.tsx'
import { OnOff } from '../state-badge.tsx'
import { type Credential, type CredentialKind, kindWords, privilegeWords } from './credentials.ts'

const defaults = { search: '', sort: 'title', page: '1' }
const none: readonly Credential[] = []

/** The keys or apps of the brand: what each may, when it was last used, whether it works. */
export function CredentialList({
  kind,
  query,
  rows: given,
  onOpen,
  add,
}: {
  kind: CredentialKind
  query: Pick<UseQueryResult, 'isPending' | 'error' | 'refetch'>
  rows: readonly Credential[] | null
  onOpen(credential: Credential): void
  add: ReactNode
}) {
  const [filters, setFilters] = useUrlFilters(defaults)
  const rows = given ?? none
  const wanted = filters.search.trim().toLowerCase()
  const found = rows.filter(({ title, id }) => title.toLowerCase().includes(wanted) || id.includes(wanted))
  const { one, about } = kindWords[kind]
  const columns: readonly Column<Credential>[] = [
    {
      id: 'title',
      label: 'Title',
      value: ({ title }) => title,
      cell: (credential) => (
        <>
          <button type="button" className={names.link} onClick={() => onOpen(credential)}>
            {credential.title}
          </button>
          <div className={names.under}>{credential.id}</div>
        </>
      ),
    },
    {
      id: 'privileges',
      label: 'May',
      wideOnly: true,
      cell: ({ privileges }) => privileges.map((privilege) => privilegeWords[privilege]?.[0] ?? privilege).join(', '),
    },
    {
      id: 'used',
      label: 'Last used',
      value: ({ usedAt }) => usedAt,
      cell: ({ usedAt }) => (usedAt === null ? 'never' : <Time at={usedAt} />),
    },
    {
      id: 'made',
      label: 'Made',
      wideOnly: true,
      value: ({ createdAt }) => createdAt,
      cell: ({ createdAt }) => <Time at={createdAt} />,
    },
    {
      id: 'state',
      label: 'State',
      value: ({ enabled }) => (enabled ? 0 : 1),
      cell: ({ enabled }) => <OnOff on={enabled} />,
    },
  ]
  return (
    <List
      query={query}
      rows={rows}
      found={found}
      columns={columns}
      keyOf={({ id }) => id}
      noun={[one, `${one}s`]}
      search={filters.search}
      onSearch={(search) => setFilters({ search, page: '1' })}
      at={filters}
      onMove={setFilters}
      onOpen={onOpen}
      empty={
        <EmptyState title={`No ${one} yet`} action={add}>
          {about}
        </EmptyState>
      }
    />
  )
}
