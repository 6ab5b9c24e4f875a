import { ActionIcon } from '@mantine/core'
import { IconTrash } from '@tabler/icons-react'

/** Takes one away from a list that is being written. */
export function RemoveButton({ label, onClick, ...size }: { label: string; onClick(): void; size?: 'lg' }) {
  return (
    <ActionIcon variant="subtle" color="gray" aria-label={label} onClick={onClick} {...size}>
      <IconTrash size={16} stroke={1.6} />
    </ActionIcon>
  )
}
