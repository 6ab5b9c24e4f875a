import { Table } from '@mantine/core'
import type { ReactNode } from 'react'
import { TableBox } from '../ui/table-box.tsx'
import uiNames from '../ui/ui.module.css'
import names from './reports.module.css'

/** The table behind a chart: its first column names the row, the others are numbers but for those `left`. */
export function PlainTable({
  label,
  heads,
  left = [],
  rows,
}: {
  label: string
  heads: readonly ReactNode[]
  /** Columns of words. */
  left?: readonly number[]
  rows: readonly { readonly key: string; readonly cells: readonly ReactNode[] }[]
}) {
  const classOf = (place: number) => (place === 0 || left.includes(place) ? undefined : uiNames.right)
  return (
    <TableBox label={label} className={rows.length > 12 ? names.tall : undefined}>
      <Table className={uiNames.table!} stickyHeader>
        <Table.Thead>
          <Table.Tr>
            {heads.map((head, place) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: a column is its place
              <Table.Th key={place} className={classOf(place)}>
                {head}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map(({ key, cells }) => (
            <Table.Tr key={key}>
              {cells.map((cell, place) =>
                place === 0 ? (
                  <Table.Th key="name" scope="row" className={names.rowHead}>
                    {cell}
                  </Table.Th>
                ) : (
                  // biome-ignore lint/suspicious/noArrayIndexKey: a column is its place
                  <Table.Td key={place} className={classOf(place)}>
                    {cell}
                  </Table.Td>
                ),
              )}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </TableBox>
  )
}
