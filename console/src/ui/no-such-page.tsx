import { Button } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { EmptyState } from './empty-state.tsx'

/** An address that no page has. */
export function NoSuchPage() {
  return (
    <EmptyState
      title="There is no such page"
      action={
        <Button component={Link} to="/" variant="default">
          To the first page
        </Button>
      }
    >
      The address may be mistyped, or the page was renamed.
    </EmptyState>
  )
}
