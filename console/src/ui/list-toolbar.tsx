import { TextInput } from '@mantine/core'
import { IconSearch } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import names from './ui.module.css'

/** Above a list: search, filters, and how many there are. */
export function ListToolbar({
  search,
  onSearch,
  placeholder = 'Search',
  count,
  children,
}: {
  search?: string
  onSearch?(search: string): void
  placeholder?: string
  /** "12 handoffs", "3 of 12". */
  count?: string
  children?: ReactNode
}) {
  return (
    <search className={names.toolbar}>
      {onSearch !== undefined && (
        <TextInput
          className={names.search!}
          value={search ?? ''}
          onChange={(event) => onSearch(event.currentTarget.value)}
          placeholder={placeholder}
          aria-label={placeholder}
          leftSection={<IconSearch size={16} stroke={1.6} />}
          type="search"
        />
      )}
      {children}
      {count !== undefined && (
        <span className={names.count} aria-live="polite">
          {count}
        </span>
      )}
    </search>
  )
}
