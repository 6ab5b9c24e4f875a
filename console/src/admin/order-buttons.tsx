import { ActionIcon } from '@mantine/core'
import { IconArrowDown, IconArrowUp } from '@tabler/icons-react'

/** Moves one of `list` by a place; what stands at no `index` of it cannot be moved. */
export function OrderButtons<T>({
  label,
  list,
  index,
  onChange,
}: {
  /** What is moved. */
  label: string
  list: readonly T[]
  index: number
  onChange(list: T[]): void
}) {
  const moveTo = (to: number) => onChange(list.toSpliced(index, 1).toSpliced(to, 0, list[index]!))
  return (
    <>
      <ActionIcon
        variant="subtle"
        color="gray"
        aria-label={`${label} earlier`}
        disabled={index === 0 || index >= list.length}
        onClick={() => moveTo(index - 1)}
      >
        <IconArrowUp size={16} stroke={1.6} />
      </ActionIcon>
      <ActionIcon
        variant="subtle"
        color="gray"
        aria-label={`${label} later`}
        disabled={index >= list.length - 1}
        onClick={() => moveTo(index + 1)}
      >
        <IconArrowDown size={16} stroke={1.6} />
      </ActionIcon>
    </>
  )
}
