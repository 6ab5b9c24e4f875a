import { Button, Checkbox, Popover, TextInput } from '@mantine/core'
import { IconChevronDown } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { api } from '../api.ts'
import { Problem } from '../ui/problem.tsx'
import { RowsSkeleton } from '../ui/rows-skeleton.tsx'
import { countText } from './figures.ts'
import { groupId, groupWords, rememberNames } from './group-words.ts'
import { useReportPage } from './report-context.ts'
import names from './reports.module.css'
import { type FilterName, type filterNames, windowOf } from './view.ts'

type By = (typeof filterNames)[FilterName]

/** The choices of one filter, each with how many calls it has in the span that is looked at. */
export function FilterChoice({
  by,
  name,
  values,
  words,
  startOpen,
  onChange,
  onClose,
}: {
  by: By
  name: FilterName
  values: readonly string[]
  words: string
  startOpen: boolean
  onChange(values: readonly string[]): void
  onClose(): void
}) {
  const [open, setOpen] = useState(startOpen)
  const close = (next: boolean) => {
    setOpen(next)
    if (!next) onClose()
  }
  return (
    <Popover opened={open} onChange={close} position="bottom-start" width={300} trapFocus withinPortal shadow="md">
      <Popover.Target>
        <Button
          variant="subtle"
          color="gray"
          size="compact-sm"
          rightSection={<IconChevronDown size={14} stroke={1.6} />}
          onClick={() => close(!open)}
        >
          {words}
        </Button>
      </Popover.Target>
      <Popover.Dropdown aria-label={words}>
        <Choices by={by} name={name} values={values} onChange={onChange} />
      </Popover.Dropdown>
    </Popover>
  )
}

function Choices({
  by,
  name,
  values,
  onChange,
}: {
  by: By
  name: FilterName
  values: readonly string[]
  onChange(values: readonly string[]): void
}) {
  const { view } = useReportPage()
  const [search, setSearch] = useState('')
  const { [name]: _, ...others } = view.filters
  const open = { ...view, filters: others }
  const choices = useQuery({
    queryKey: ['reports', 'choices', by, open],
    queryFn: async ({ signal }) => {
      const report = await api('POST /api/reports/query', {
        body: { ...windowOf(open, Date.now()), groupBy: [by] },
        signal,
      })
      rememberNames(report)
      return report.rows
    },
  })
  if (choices.error !== null) return <Problem error={choices.error} />
  if (choices.data === undefined) return <RowsSkeleton rows={4} height={36} />
  const counted = choices.data.map(({ group, figures }) => ({ id: groupId(group[by]), calls: figures.attempted }))
  // What is chosen stays there to be taken back, also where it has no call.
  const missing = values.filter((id) => !counted.some((one) => one.id === id)).map((id) => ({ id, calls: 0 }))
  const every = [...counted.sort((a, b) => b.calls - a.calls), ...missing]
  if (every.length === 0) return <p className={names.quiet}>No call was made in this time.</p>
  const sought = search.trim().toLowerCase()
  const shown = every.filter(({ id }) => groupWords(by, id).toLowerCase().includes(sought))
  return (
    <>
      {every.length > 8 && (
        <TextInput
          aria-label="Search the choices"
          placeholder="Search"
          value={search}
          mb="sm"
          onChange={({ currentTarget }) => setSearch(currentTarget.value)}
        />
      )}
      <Checkbox.Group value={[...values]} onChange={onChange}>
        <div className={names.choices}>
          {shown.map(({ id, calls }) => (
            <div key={id} className={names.choice}>
              <Checkbox value={id} size="sm" label={groupWords(by, id)} />
              <span>{countText(calls)}</span>
            </div>
          ))}
        </div>
      </Checkbox.Group>
      {shown.length === 0 && <p className={names.quiet}>Nothing is called so.</p>}
    </>
  )
}
