import { type ComboboxItem, Select } from '@mantine/core'

/** A choice above a list that narrows it. Something is always chosen: "any" is a choice as well. */
export function FilterSelect({
  label,
  width,
  choices,
  value,
  onChange,
}: {
  label: string
  /** Pixels. */
  width: number
  choices: readonly (string | ComboboxItem)[]
  value: string
  onChange(value: string): void
}) {
  return (
    <Select
      aria-label={label}
      w={width}
      data={choices}
      value={value}
      onChange={(next) => next !== null && onChange(next)}
      allowDeselect={false}
    />
  )
}
