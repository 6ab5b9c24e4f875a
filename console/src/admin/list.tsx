import { Pagination } from '@mantine/core'
import type { UseQueryResult } from '@tanstack/react-query'
import { type ReactNode, useEffect } from 'react'
import { type Column, DataTable, sortRows } from '../ui/data-table.tsx'
import { EmptyState } from '../ui/empty-state.tsx'
import { ErrorState } from '../ui/error-state.tsx'
import { ListToolbar } from '../ui/list-toolbar.tsx'
import { RowsSkeleton } from '../ui/rows-skeleton.tsx'
import names from './admin.module.css'

const pageSize = 25

/** A list of the configuration in all its states: on its way, refused, empty, nothing found, and page by page. */
export function List<Row>({
  query,
  rows,
  found,
  columns,
  keyOf,
  noun,
  search,
  onSearch,
  filters,
  at,
  onMove,
  onOpen,
  empty,
}: {
  query: Pick<UseQueryResult, 'isPending' | 'error' | 'refetch'>
  /** All there are. */
  rows: readonly Row[]
  /** Those that the search and the filters leave. */
  found: readonly Row[]
  columns: readonly Column<Row>[]
  keyOf(row: Row): string
  /** One and many: `['handoff', 'handoffs']`. */
  noun: readonly [string, string]
  search?: string
  onSearch?(search: string): void
  filters?: ReactNode
  /** Sort and page, as they stand in the address. */
  at: { readonly sort: string; readonly page: string }
  onMove(change: { sort?: string; page?: string }): void
  onOpen?(row: Row): void
  empty: ReactNode
}) {
  const pages = Math.max(1, Math.ceil(found.length / pageSize))
  const page = Math.min(pages, Math.max(1, Number(at.page) || 1))
  useEffect(() => {
    // Fewer are found than the address has pages: it says the page that is shown.
    if (!query.isPending && at.page !== String(page)) onMove({ page: String(page) })
  }, [query.isPending, at.page, page, onMove])
  if (query.error !== null && rows.length === 0) {
    return <ErrorState error={query.error} retry={() => void query.refetch()} />
  }
  if (query.isPending) return <RowsSkeleton />
  if (rows.length === 0) return empty
  const shown = sortRows(found, columns, at.sort).slice((page - 1) * pageSize, page * pageSize)
  const count = found.length === rows.length ? `${rows.length}` : `${found.length} of ${rows.length}`
  return (
    <>
      <ListToolbar
        {...(onSearch === undefined ? {} : { search: search ?? '', onSearch, placeholder: `Search ${noun[1]}` })}
        count={`${count} ${rows.length === 1 ? noun[0] : noun[1]}`}
      >
        {filters}
      </ListToolbar>
      {found.length === 0 ? (
        <EmptyState title={`None of the ${noun[1]} is like that`}>
          Search for something else, or widen the filters.
        </EmptyState>
      ) : (
        <DataTable
          label={noun[1]}
          columns={columns}
          rows={shown}
          keyOf={keyOf}
          sort={at.sort}
          onSort={(sort) => onMove({ sort, page: '1' })}
          {...(onOpen === undefined ? {} : { onOpen })}
        />
      )}
      {pages > 1 && (
        <nav aria-label="Pages of the list" className={names.pagination}>
          <Pagination
            total={pages}
            value={page}
            onChange={(next) => onMove({ page: String(next) })}
            getItemProps={(item) => ({ 'aria-label': `Page ${item}` })}
            getControlProps={(control) => ({ 'aria-label': `${control} page` })}
          />
        </nav>
      )}
    </>
  )
}
