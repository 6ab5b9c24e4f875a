import { Skeleton } from '@mantine/core'
import names from './ui.module.css'

/** Rows that are on their way, as high as they will be, so that nothing jumps. */
export function RowsSkeleton({ rows = 6, height = 44 }: { rows?: number; height?: number }) {
  return (
    <div aria-busy="true" className={names.skeletonRows}>
      <span className="visually-hidden">Loading</span>
      {Array.from({ length: rows }, (_, row) => row).map((row) => (
        <div key={row} style={{ height }}>
          <Skeleton height={14} width={`${70 - ((row * 13) % 40)}%`} />
        </div>
      ))}
    </div>
  )
}
