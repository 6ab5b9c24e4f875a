import { Skeleton } from '@mantine/core'
import { RowsSkeleton } from './rows-skeleton.tsx'
import names from './ui.module.css'

/** Where a page will be: its title, its line, its rows. */
export function PageSkeleton() {
  return (
    <div className={names.container} aria-busy="true">
      <div className={names.header}>
        <div>
          <Skeleton height={24} width={180} />
          <Skeleton height={14} width={300} mt={12} />
        </div>
      </div>
      <RowsSkeleton />
    </div>
  )
}
