import { Button, Menu } from '@mantine/core'
import { IconChevronDown, IconCircle, IconCircleFilled, IconCircleHalf2 } from '@tabler/icons-react'
import type { Presence } from '../live/shapes.ts'
import { useLiveState } from '../live/use-live.ts'
import { deeds } from './deeds.ts'
import names from './workspace-page.module.css'

const statuses: Readonly<Record<Presence, { label: string; about: string; icon: typeof IconCircle }>> = {
  online: { label: 'Online', about: 'New conversations come to you', icon: IconCircleFilled },
  away: { label: 'Away', about: 'You keep yours and get no new ones', icon: IconCircleHalf2 },
  offline: { label: 'Offline', about: 'Yours go back to their queues', icon: IconCircle },
}

/** Whether one is there for consumers, and how many one has. */
export function PresenceMenu() {
  const { presence, capacity, userId } = useLiveState((state) => state.me)
  const load = useLiveState((state) => state.agents.get(userId)?.load ?? 0)
  const { label, icon: Icon } = statuses[presence]
  return (
    <Menu position="bottom-start" width={260}>
      <Menu.Target>
        <Button
          size="compact-sm"
          variant="subtle"
          color="gray"
          className={names.presence!}
          data-presence={presence}
          leftSection={<Icon size={12} aria-hidden />}
          rightSection={<IconChevronDown size={14} stroke={1.6} aria-hidden />}
        >
          {label} · {load}/{capacity}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.RadioGroup value={presence} onChange={(status) => void deeds.presence(status as Presence)}>
          {Object.entries(statuses).map(([status, { label: word, about, icon: Sign }]) => (
            <Menu.RadioItem key={status} value={status} closeMenuOnClick rightSection={<Sign size={12} aria-hidden />}>
              {word}
              <div className={names.faint}>{about}</div>
            </Menu.RadioItem>
          ))}
        </Menu.RadioGroup>
      </Menu.Dropdown>
    </Menu>
  )
}
