import { Table, UnstyledButton } from '@mantine/core'
import { IconArrowDown, IconArrowsSort, IconArrowUp } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { TableBox } from './table-box.tsx'
import names from './ui.module.css'

export interface Column<Row> {
  readonly id: string
  readonly label: string
  cell(row: Row): ReactNode
  /** Makes the column sortable: what rows are compared by. */
  value?(row: Row): string | number | null
  readonly align?: 'right'
  /** Left out below 720 px, where only what is needed to choose a row has room. */
  readonly wideOnly?: boolean
}

/** `sort` as it stands in the address: a column's id, with `-` before it for descending. */
export function sortRows<Row>(rows: readonly Row[], columns: readonly Column<Row>[], sort: string): readonly Row[] {
  const column = columns.find((one) => one.id === sort.replace(/^-/, ''))
  if (column?.value === undefined) return rows
  const { value } = column
  const way = sort.startsWith('-') ? -1 : 1
  return [...rows].sort((a, b) => way * compare(value(a), value(b)))
}

function compare(a: string | number | null, b: string | number | null): number {
  if (a === b) return 0
  if (a === null) return 1
  if (b === null) return -1
  if (typeof a === 'number' && typeof b === 'number') return a - b
  return String(a).localeCompare(String(b), undefined, { numeric: true, sensitivity: 'base' })
}

/**
 * A table whose heads sort. A row's own way in is the link or button of its first cell, so that the keyboard has it too;
 * `onOpen` only lets the mouse use the whole row.
 */
export function DataTable<Row>({
  label,
  columns,
  rows,
  keyOf,
  sort = '',
  onSort = () => {},
  onOpen,
}: {
  label: string
  columns: readonly Column<Row>[]
  rows: readonly Row[]
  keyOf(row: Row): string
  /** Left out where no column has a `value`: the rows then keep their order. */
  sort?: string
  onSort?(sort: string): void
  onOpen?(row: Row): void
}) {
  return (
    <TableBox label={label}>
      <Table className={names.table!} highlightOnHover={onOpen !== undefined}>
        <Table.Thead>
          <Table.Tr>
            {columns.map((column) => (
              <Head key={column.id} column={column as Column<unknown>} sort={sort} onSort={onSort} />
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {sortRows(rows, columns, sort).map((row) => (
            <Table.Tr
              key={keyOf(row)}
              className={onOpen === undefined ? undefined : names.opens}
              onClick={(event) => {
                if (!(event.target as Element).closest('a, button, input, label')) onOpen?.(row)
              }}
            >
              {columns.map((column) => (
                <Table.Td key={column.id} className={cellClass(column as Column<unknown>)}>
                  {column.cell(row)}
                </Table.Td>
              ))}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </TableBox>
  )
}

const cellClass = ({ align, wideOnly }: Column<unknown>) =>
  [align === 'right' ? names.right : '', wideOnly ? names.wideOnly : ''].join(' ')

function Head({ column, sort, onSort }: { column: Column<unknown>; sort: string; onSort(sort: string): void }) {
  const { id, label, value } = column
  if (value === undefined) return <Table.Th className={cellClass(column)}>{label}</Table.Th>
  const up = sort === id
  const down = sort === `-${id}`
  const Icon = up ? IconArrowUp : down ? IconArrowDown : IconArrowsSort
  return (
    <Table.Th className={cellClass(column)} aria-sort={up ? 'ascending' : down ? 'descending' : 'none'}>
      <UnstyledButton className={names.sorter!} onClick={() => onSort(up ? `-${id}` : id)}>
        {label}
        <Icon size={14} stroke={1.6} aria-hidden opacity={up || down ? 1 : 0.45} />
      </UnstyledButton>
    </Table.Th>
  )
}
