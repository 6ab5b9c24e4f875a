import { Badge } from '@mantine/core'
import { IconAlertTriangle, IconCheck, IconCircleOff, IconClock, IconPencil } from '@tabler/icons-react'

const looks = {
  good: { color: 'teal', icon: IconCheck },
  waiting: { color: 'gray', icon: IconClock },
  draft: { color: 'gray', icon: IconPencil },
  off: { color: 'gray', icon: IconCircleOff },
  bad: { color: 'red', icon: IconAlertTriangle },
} as const

export type StateKind = keyof typeof looks

/** How something is, in a word and an icon; the colour only says it again. */
export function StateBadge({ kind, children }: { kind: StateKind; children: string }) {
  const { color, icon: Icon } = looks[kind]
  return (
    <Badge
      color={color}
      // Mantine's own teal on teal is 4.3:1, and its own badge shortens its word where a column is narrow.
      style={{ minWidth: 'max-content', ...(kind === 'good' ? { '--badge-color': 'var(--accent-text)' } : {}) }}
      leftSection={<Icon size={13} stroke={2} aria-hidden />}
    >
      {children}
    </Badge>
  )
}

export const OnOff = ({ on }: { on: boolean }) => (
  <StateBadge kind={on ? 'good' : 'off'}>{on ? 'On' : 'Off'}</StateBadge>
)
