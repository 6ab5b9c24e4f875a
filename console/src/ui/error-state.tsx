import { Button } from '@mantine/core'
import { IconRefresh } from '@tabler/icons-react'
import { Problem } from './problem.tsx'
import names from './ui.module.css'

/** A page or part that could not be shown: what happened, why, what to do now, and the request id to quote. */
export function ErrorState({ error, retry, title }: { error: unknown; retry?: () => void; title?: string }) {
  return (
    <div className={names.errorState}>
      <Problem error={error} title={title ?? 'This could not be loaded'} />
      {retry !== undefined && (
        <Button variant="default" leftSection={<IconRefresh size={16} stroke={1.6} />} onClick={retry}>
          Try again
        </Button>
      )}
    </div>
  )
}
