import type { UseQueryResult } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import type { Column } from '../../ui/data-table.tsx'
import { Time } from '../../ui/time.tsx'
import names from '../admin.module.css'
import { List } from '../list.tsx'
import { OnOff } from '../state-badge.tsx'
import { type Credential, type CredentialKind, kindWords, privilegeWords } from './credentials.ts'

const defaults = { search: '', sort: 'title', page: '1' }

/** The keys or apps of the brand: what each may, when it was last used, whether it works. */
export function CredentialList({
  kind,
  query,
  rows,
  onOpen,
  add,
}: {
  kind: CredentialKind
  query: Pick<UseQueryResult, 'isPending' | 'error' | 'refetch'>
  rows: readonly Credential[] | undefined
  onOpen(credential: Credential): void
  add: ReactNode
}) {
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
      columns={columns}
      keyOf={({ id }) => id}
      noun={[one, `${one}s`]}
      defaults={defaults}
      searched={({ title, id }) => [title, id]}
      onOpen={onOpen}
      add={add}
      empty={[`No ${one} yet`, about]}
    />
  )
}
