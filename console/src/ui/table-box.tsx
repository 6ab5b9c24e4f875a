import { Table } from '@mantine/core'
import type { ReactNode } from 'react'
import names from './ui.module.css'

/** Around a table: it scrolls sideways within its box, by the keyboard too, and has a name for screen readers. */
export function TableBox({
  label,
  className = '',
  children,
}: {
  label: string
  className?: string | undefined
  children: ReactNode
}) {
  return (
    <Table.ScrollContainer
      type="native"
      minWidth={0}
      className={`${names.tableBox} ${className}`}
      tabIndex={0}
      role="region"
      aria-label={label}
    >
      {children}
    </Table.ScrollContainer>
  )
}
