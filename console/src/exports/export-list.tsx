import { Button } from '@mantine/core'
import { IconDownload } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import names from '../admin/admin.module.css'
import { List } from '../admin/list.tsx'
import { api } from '../api.ts'
import { useMay } from '../session.ts'
import { confirm } from '../ui/confirm.tsx'
import type { Column } from '../ui/data-table.tsx'
import { Problem } from '../ui/problem.tsx'
import { Time } from '../ui/time.tsx'
import { toast } from '../ui/toast.tsx'
import { ExportState } from './export-state.tsx'
import { kindWords, spanWords } from './export-words.ts'
import own from './exports.module.css'
import { type Export, isUnderWay, useExportDeed, useExports } from './use-exports.ts'

const defaults = { sort: '-at', page: '1' }

/** The exports of the brand, how far each has come, and their files. */
export function ExportList({ ask }: { ask: ReactNode }) {
  const mayChange = useMay()('exports.change')
  const query = useExports()
  const discard = useExportDeed((one: Export) =>
    api('DELETE /api/exports/{exportId}', { params: { exportId: one.exportId } }),
  )
  const remove = async (one: Export) => {
    const underWay = isUnderWay(one)
    const question = underWay
      ? { title: 'Cancel the export', text: 'What is written of it is thrown away.', yes: 'Cancel the export' }
      : { title: 'Delete the export', text: 'Its file is deleted here.', yes: 'Delete the export' }
    if (!(await confirm({ ...question, danger: true }))) return
    discard.mutate(one, {
      onSuccess: () => toast({ text: underWay ? 'The export is cancelled.' : 'The export is deleted.' }),
    })
  }
  return (
    <>
      {discard.error !== null && <Problem error={discard.error} title="Not done" />}
      <List
        query={query}
        rows={query.data?.exports}
        columns={columns(mayChange ? (one) => void remove(one) : null)}
        keyOf={({ exportId }) => exportId}
        noun={['export', 'exports']}
        defaults={defaults}
        add={ask}
        empty={[
          'No exports yet',
          'An export is made in the background, however large it is, and its file waits here for some days.',
        ]}
      />
    </>
  )
}

function columns(onRemove: ((one: Export) => void) | null): readonly Column<Export>[] {
  return [
    {
      id: 'what',
      label: 'What',
      value: ({ kind }) => kind,
      cell: (one) => (
        <>
          <strong>{kindWords[one.kind][0]}</strong>
          <div className={names.under}>
            {one.format.toUpperCase()}, {spanWords(one)}
            {one.masked && ', numbers by their end'}
          </div>
        </>
      ),
    },
    {
      id: 'state',
      label: 'State',
      value: ({ state }) => state,
      cell: (one) => <ExportState one={one} />,
    },
    {
      id: 'at',
      label: 'Asked',
      wideOnly: true,
      value: ({ createdAt }) => createdAt,
      cell: ({ createdAt, askedByName, scheduleId }) => (
        <>
          <Time at={createdAt} />
          <div className={names.under}>{askedByName ?? (scheduleId === null ? 'by a system' : 'by a schedule')}</div>
        </>
      ),
    },
    {
      id: 'file',
      label: 'File',
      cell: (one) => (
        <div className={own.row}>
          {one.fetchable && (
            <Button
              component="a"
              href={`/api/exports/${one.exportId}/file`}
              download
              size="compact-sm"
              variant="default"
              leftSection={<IconDownload size={14} stroke={1.6} />}
              aria-label={`Download ${kindWords[one.kind][0]}, ${spanWords(one)}`}
            >
              Download
            </Button>
          )}
          {onRemove !== null && (
            <Button
              size="compact-sm"
              variant="subtle"
              color="red"
              aria-label={`${isUnderWay(one) ? 'Cancel' : 'Delete'} ${kindWords[one.kind][0]}, ${spanWords(one)}`}
              onClick={() => onRemove(one)}
            >
              {isUnderWay(one) ? 'Cancel' : 'Delete'}
            </Button>
          )}
        </div>
      ),
    },
  ]
}
