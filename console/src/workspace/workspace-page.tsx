import { ActionIcon, Skeleton, Tooltip } from '@mantine/core'
import { IconCommand } from '@tabler/icons-react'
import { useLive } from '../live/use-live.ts'
import { ErrorState } from '../ui/error-state.tsx'
import { RowsSkeleton } from '../ui/rows-skeleton.tsx'
import { ThreadSkeleton } from './thread.tsx'
import { Workspace } from './workspace.tsx'
import names from './workspace-page.module.css'

/** Where agents answer. Shown once there is a snapshot; before that, its outline. */
export function WorkspacePage() {
  const ready = useLive(({ state }) => state !== null)
  const failure = useLive((live) => live.failure)
  if (ready) return <Workspace />
  if (failure !== null) return <ErrorState error={failure} retry={() => location.reload()} />
  return (
    <div className={names.workspace} data-shows="list" aria-busy="true">
      <div className={names.listSide}>
        <div className={names.top}>
          <Skeleton height={20} width={110} />
          <Tooltip label="Commands">
            <ActionIcon variant="subtle" color="gray" aria-label="Commands" disabled>
              <IconCommand size={18} stroke={1.6} />
            </ActionIcon>
          </Tooltip>
        </div>
        <RowsSkeleton rows={8} height={76} />
      </div>
      <ThreadSkeleton />
    </div>
  )
}
