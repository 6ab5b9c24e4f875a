import { type ComboboxItem, Pagination } from '@mantine/core'
import type { UseQueryResult } from '@tanstack/react-query'
import { type ReactNode, useEffect, useState } from 'react'
import { type Column, DataTable, sortRows } from '../ui/data-table.tsx'
import { EmptyState } from '../ui/empty-state.tsx'
import { ErrorState } from '../ui/error-state.tsx'
import { ListToolbar } from '../ui/list-toolbar.tsx'
import { RowsSkeleton } from '../ui/rows-skeleton.tsx'
import { useUrlFilters } from '../ui/use-url-filters.ts'
import names from './admin.module.css'
import { FilterSelect } from './filter-select.tsx'

const pageSize = 25

/** A choice above a list, and which rows it leaves. */
export interface Filter<Row> {
  /** Its name in the address. */
  readonly id: string
  readonly label: string
  /** Pixels. */
  readonly width: number
  /** The words for no choice: "Any channel". */
  readonly any: string
  readonly choices: readonly (string | ComboboxItem)[]
  keeps(row: Row, chosen: string): boolean
}

/** What a list of the configuration says of itself. */
export interface ListOf<Row> {
  readonly query: Pick<UseQueryResult, 'isPending' | 'error' | 'refetch'>
  /** All there are; undefined: not known yet. */
  readonly rows: readonly Row[] | undefined
  readonly columns: readonly Column<Row>[]
  keyOf(row: Row): string
  /** One and many: `['handoff', 'handoffs']`. */
  readonly noun: readonly [string, string]
  /**
   * Sort, page and filters where the address says nothing: all that it can say. Without `search`, what is searched for
   * stays out of it.
   */
  readonly defaults: Readonly<Record<string, string>> & { readonly sort: string; readonly page: string }
  /** The texts of a row that are searched, in any case; absent: there is no search. */
  searched?(row: Row): readonly string[]
  readonly filters?: readonly Filter<Row>[]
  /** What else stands above the list, after its filters. */
  readonly above?: ReactNode
  onOpen?: ((row: Row) => void) | undefined
  /** The button that makes one more. */
  readonly add: ReactNode
  /** Instead of a list without rows: its title, and what would be there. */
  readonly empty: readonly [title: string, text: string]
}

/** A list of the configuration in all its states: on its way, refused, empty, nothing found, and page by page. */
export function List<Row>({
  query,
  rows = [],
  columns,
  keyOf,
  noun,
  defaults,
  searched,
  filters = [],
  above,
  onOpen,
  add,
  empty: [emptyTitle, emptyText],
}: ListOf<Row>) {
  const [at, move] = useUrlFilters(defaults)
  const [kept, keep] = useState('')
  const search = at.search ?? kept
  const onSearch = at.search === undefined ? keep : (next: string) => move({ search: next, page: '1' })
  const wanted = search.trim().toLowerCase()
  const chosen = (id: string) => at[id] ?? ''
  const found = rows.filter(
    (row) =>
      (searched === undefined || searched(row).some((text) => text.toLowerCase().includes(wanted))) &&
      filters.every(({ id, keeps }) => chosen(id) === '' || keeps(row, chosen(id))),
  )
  const pages = Math.max(1, Math.ceil(found.length / pageSize))
  const page = Math.min(pages, Math.max(1, Number(at.page) || 1))
  useEffect(() => {
    // Fewer are found than the address has pages: it says the page that is shown.
    if (!query.isPending && at.page !== String(page)) move({ page: String(page) })
  }, [query.isPending, at.page, page, move])
  if (query.error !== null && rows.length === 0) {
    return <ErrorState error={query.error} retry={() => void query.refetch()} />
  }
  if (query.isPending) return <RowsSkeleton />
  if (rows.length === 0) {
    return (
      <EmptyState title={emptyTitle} action={add}>
        {emptyText}
      </EmptyState>
    )
  }
  const shown = sortRows(found, columns, at.sort).slice((page - 1) * pageSize, page * pageSize)
  const count = found.length === rows.length ? `${rows.length}` : `${found.length} of ${rows.length}`
  return (
    <>
      <ListToolbar
        {...(searched === undefined ? {} : { search, onSearch, placeholder: `Search ${noun[1]}` })}
        count={`${count} ${rows.length === 1 ? noun[0] : noun[1]}`}
      >
        {filters.map(({ id, label, width, any, choices }) => (
          <FilterSelect
            key={id}
            label={label}
            width={width}
            choices={[{ value: '', label: any }, ...choices]}
            value={chosen(id)}
            onChange={(next) => move({ [id]: next, page: '1' })}
          />
        ))}
        {above}
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
          onSort={(sort) => move({ sort, page: '1' })}
          {...(onOpen === undefined ? {} : { onOpen })}
        />
      )}
      {pages > 1 && (
        <nav aria-label="Pages of the list" className={names.pagination}>
          <Pagination
            total={pages}
            value={page}
            onChange={(next) => move({ page: String(next) })}
            getItemProps={(item) => ({ 'aria-label': `Page ${item}` })}
            getControlProps={(control) => ({ 'aria-label': `${control} page` })}
          />
        </nav>
      )}
    </>
  )
}
