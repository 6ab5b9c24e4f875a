import { Button, Popover, SegmentedControl, Select } from '@mantine/core'
import { IconDownload } from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { api, fetchFile } from '../api.ts'
import { useMay } from '../session.ts'
import { Problem } from '../ui/problem.tsx'
import { saveFile } from '../ui/save-file.ts'
import { toast } from '../ui/toast.tsx'
import { type BreakdownName, breakdownWords } from './group-words.ts'
import { useReportPage } from './report-context.ts'
import names from './reports.module.css'
import type { Grouping } from './shapes.ts'
import { grainOf } from './trends.tsx'
import { comparedOf, windowOf } from './view.ts'

const formats = [
  { value: 'csv', label: 'CSV' },
  { value: 'ndjson', label: 'NDJSON' },
  { value: 'parquet', label: 'Parquet' },
] as const
type Format = (typeof formats)[number]['value']

/** What is shown, as a file: one of the page's tables at once, or every call behind it as an export that is made apart. */
export function ExportMenu() {
  const may = useMay()
  const navigate = useNavigate()
  const { view, address } = useReportPage()
  const [open, setOpen] = useState(false)
  const [what, setWhat] = useState('breakdown')
  const [format, setFormat] = useState<Format>('csv')
  const by = (address.by in breakdownWords ? address.by : 'channel') as BreakdownName
  const tables: Readonly<Record<string, { readonly label: string; readonly groupBy: readonly Grouping[] }>> = {
    breakdown: { label: `By ${breakdownWords[by]}`, groupBy: [by] },
    trends: { label: `Trends by the ${grainOf(view)}`, groupBy: [grainOf(view)] },
    hours: { label: 'Hours of the week', groupBy: ['weekday', 'hourOfDay'] },
  }
  const make = useMutation({
    mutationFn: async () => {
      const now = Date.now()
      const table = tables[what]
      if (table === undefined) {
        const { from, to, filters } = windowOf(view, now)
        await api('POST /api/exports', {
          body: { kind: 'transactions', format, from, to, ...(filters === undefined ? {} : { filters }) },
        })
        return true
      }
      const report = { ...windowOf(view, now), ...comparedOf(view, now), groupBy: [...table.groupBy] }
      const file = await fetchFile('POST /api/exports/at-once', { body: { kind: 'report', format, ...report } })
      saveFile(file, `report.${format}`)
      return false
    },
    onSuccess: (later) => {
      setOpen(false)
      if (!later) return
      toast({
        text: 'The export is being made.',
        action: { label: 'Show exports', run: () => void navigate({ to: '/exports' }) },
      })
    },
  })
  if (!may('exports.change')) return null
  return (
    <Popover opened={open} onChange={setOpen} position="bottom-end" width={300} trapFocus shadow="md">
      <Popover.Target>
        <Button
          variant="default"
          leftSection={<IconDownload size={16} stroke={1.6} />}
          onClick={() => {
            make.reset()
            setOpen(!open)
          }}
        >
          Export
        </Button>
      </Popover.Target>
      <Popover.Dropdown aria-label="Export">
        <form
          className={names.export}
          onSubmit={(event) => {
            event.preventDefault()
            make.mutate()
          }}
        >
          <Select
            label="What"
            data={[
              ...Object.entries(tables).map(([value, { label }]) => ({ value, label })),
              { value: 'calls', label: 'Every call, one a row' },
            ]}
            value={what}
            allowDeselect={false}
            comboboxProps={{ withinPortal: false }}
            onChange={(next) => setWhat(next ?? 'breakdown')}
          />
          <SegmentedControl
            aria-label="Format"
            data={[...formats]}
            value={format}
            onChange={(next) => setFormat(next as Format)}
            fullWidth
          />
          {make.error !== null && <Problem error={make.error} />}
          <Button type="submit" loading={make.isPending}>
            {what === 'calls' ? 'Begin the export' : 'Save the file'}
          </Button>
        </form>
      </Popover.Dropdown>
    </Popover>
  )
}
