import { Button } from '@mantine/core'
import { IconRefresh } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import names from '../admin/admin.module.css'
import { List } from '../admin/list.tsx'
import { OnOff } from '../admin/state-badge.tsx'
import { api } from '../api.ts'
import { useMay } from '../session.ts'
import type { Column } from '../ui/data-table.tsx'
import { Problem } from '../ui/problem.tsx'
import { Time } from '../ui/time.tsx'
import { toast } from '../ui/toast.tsx'
import { ExportState } from './export-state.tsx'
import { destinationWords, kindWords, rhythmWords } from './export-words.ts'
import { isUnderWay, type Schedule, useExportDeed, useSchedules } from './use-exports.ts'

const defaults = { sort: 'title', page: '1' }

/** What is exported again and again, where it goes, and how the last time went. */
export function ScheduleList({ add, onOpen }: { add: ReactNode; onOpen(schedule: Schedule): void }) {
  const mayChange = useMay()('export-schedules.change')
  const query = useSchedules()
  const run = useExportDeed(({ scheduleId }: Schedule) =>
    api('POST /api/export-schedules/{scheduleId}/run', { params: { scheduleId } }),
  )
  const onRun = (schedule: Schedule) =>
    run.mutate(schedule, { onSuccess: () => toast({ text: 'The file of the last period is made now.' }) })
  return (
    <>
      {run.error !== null && <Problem error={run.error} title="Not done" />}
      <List
        query={query}
        rows={query.data?.schedules}
        columns={columns(mayChange ? { onOpen, onRun } : null)}
        keyOf={({ scheduleId }) => scheduleId}
        noun={['schedule', 'schedules']}
        defaults={defaults}
        onOpen={mayChange ? onOpen : undefined}
        add={add}
        empty={[
          'No schedules yet',
          'Each day, week or month a file can be put into a folder of the server or into a bucket, one for each period.',
        ]}
      />
    </>
  )
}

interface Deeds {
  onOpen(schedule: Schedule): void
  onRun(schedule: Schedule): void
}

function columns(deeds: Deeds | null): readonly Column<Schedule>[] {
  return [
    {
      id: 'title',
      label: 'Schedule',
      value: ({ title }) => title,
      cell: (schedule) => (
        <>
          {deeds === null ? (
            <strong>{schedule.title}</strong>
          ) : (
            <button type="button" className={names.link} onClick={() => deeds.onOpen(schedule)}>
              {schedule.title}
            </button>
          )}
          <div className={names.under}>
            {kindWords[schedule.kind][0]}, {schedule.format.toUpperCase()}, to {destinationWords(schedule)}
          </div>
        </>
      ),
    },
    {
      id: 'when',
      label: 'When',
      wideOnly: true,
      cell: (schedule) => (
        <>
          {rhythmWords(schedule)}
          {schedule.enabled && (
            <div className={names.under}>
              Next <Time at={schedule.nextRunAt} />
            </div>
          )}
        </>
      ),
    },
    {
      id: 'last',
      label: 'Last file',
      cell: (schedule) => (
        <>
          {schedule.last === null ? 'none yet' : <ExportState one={schedule.last} />}
          {deeds !== null && (schedule.last === null || !isUnderWay(schedule.last)) && (
            <Button
              mt={4}
              size="compact-sm"
              variant="default"
              leftSection={<IconRefresh size={14} stroke={1.6} />}
              aria-label={`Make it now: the last file of ${schedule.title}`}
              onClick={(event) => {
                event.stopPropagation()
                deeds.onRun(schedule)
              }}
            >
              Make it now
            </Button>
          )}
        </>
      ),
    },
    {
      id: 'enabled',
      label: 'On',
      wideOnly: true,
      value: ({ enabled }) => (enabled ? 0 : 1),
      cell: ({ enabled }) => <OnOff on={enabled} />,
    },
  ]
}
