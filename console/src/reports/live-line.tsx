import { Button } from '@mantine/core'
import { IconPlayerPause, IconPlayerPlay } from '@tabler/icons-react'
import names from './reports.module.css'

/** Says that the numbers move, and holds them: what moves by itself must be stoppable (WCAG 2.2.2). */
export function LiveLine({ held, onHold }: { held: boolean; onHold(held: boolean): void }) {
  const Icon = held ? IconPlayerPlay : IconPlayerPause
  return (
    <div className={names.live}>
      <span className={names.pulse} data-held={held || undefined} aria-hidden />
      {held ? 'Held: the numbers stand still.' : 'Live: the numbers move by themselves.'}
      <Button
        variant="subtle"
        color="gray"
        size="compact-sm"
        leftSection={<Icon size={14} stroke={1.6} />}
        onClick={() => onHold(!held)}
      >
        {held ? 'Go on' : 'Hold'}
      </Button>
    </div>
  )
}
