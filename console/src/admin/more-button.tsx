import { Button } from '@mantine/core'
import names from './admin.module.css'

/** Below a list that comes part by part. */
export function MoreButton({ shown, loading, onMore }: { shown: boolean; loading: boolean; onMore(): void }) {
  if (!shown) return null
  return (
    <div className={names.pagination}>
      <Button variant="default" loading={loading} onClick={onMore}>
        Show more
      </Button>
    </div>
  )
}
