import { Tabs } from '@mantine/core'
import { useState } from 'react'
import { NewButton } from '../admin/new-button.tsx'
import { useMay } from '../session.ts'
import { PageBody } from '../ui/page-body.tsx'
import { PageHeader } from '../ui/page-header.tsx'
import { useUrlFilters } from '../ui/use-url-filters.ts'
import { ExportDialog } from './export-dialog.tsx'
import { ExportList } from './export-list.tsx'
import { ScheduleDialog } from './schedule-dialog.tsx'
import { ScheduleList } from './schedule-list.tsx'
import type { Schedule } from './use-exports.ts'

const defaults = { part: 'files' }

/** Files of the brand's data: made now, or again and again for its systems. */
export function ExportsPage() {
  const may = useMay()
  const [{ part }, setFilters] = useUrlFilters(defaults)
  const [asking, setAsking] = useState(false)
  const [open, setOpen] = useState<Schedule | 'new' | null>(null)
  const scheduled = may('export-schedules.read')
  const shown = scheduled && part === 'schedules' ? 'schedules' : 'files'
  const ask = (
    <NewButton act="exports.change" onClick={() => setAsking(true)}>
      New export
    </NewButton>
  )
  const add = (
    <NewButton act="export-schedules.change" onClick={() => setOpen('new')}>
      New schedule
    </NewButton>
  )
  return (
    <PageBody>
      <PageHeader
        title="Exports"
        purpose="Calls, figures and opt-outs as files: fetched here, or put where your systems find them."
        action={shown === 'files' ? ask : add}
      />
      <Tabs value={shown} onChange={(next) => setFilters({ part: next ?? 'files' })} keepMounted={false}>
        <Tabs.List mb="lg">
          <Tabs.Tab value="files">Files</Tabs.Tab>
          {scheduled && <Tabs.Tab value="schedules">Schedules</Tabs.Tab>}
        </Tabs.List>
        <Tabs.Panel value="files">
          <ExportList ask={ask} />
        </Tabs.Panel>
        {scheduled && (
          <Tabs.Panel value="schedules">
            <ScheduleList add={add} onOpen={setOpen} />
          </Tabs.Panel>
        )}
      </Tabs>
      {asking && <ExportDialog onClose={() => setAsking(false)} />}
      {open !== null && <ScheduleDialog schedule={open === 'new' ? null : open} onClose={() => setOpen(null)} />}
    </PageBody>
  )
}
