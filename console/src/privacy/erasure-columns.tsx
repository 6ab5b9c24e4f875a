import { Progress } from '@mantine/core'
import names from '../admin/admin.module.css'
import { StateBadge } from '../admin/state-badge.tsx'
import type { Column } from '../ui/data-table.tsx'
import { Time } from '../ui/time.tsx'
import type { Erasure } from './use-erasures.ts'

const sum = (erased: Erasure['erased']) => Object.values(erased).reduce((total, rows) => total + rows, 0)

/** Calls and conversations are what the others hang on: they tell how far it is. */
function percent({ found, erased }: Erasure): number {
  if (found === 0) return 0
  return Math.min(100, (((erased.calls ?? 0) + (erased.conversations ?? 0)) / found) * 100)
}

export function erasureColumns(nameOf: (actor: string) => string): readonly Column<Erasure>[] {
  return [
    {
      id: 'at',
      label: 'Asked for',
      value: ({ requestedAt }) => requestedAt,
      cell: ({ requestedAt }) => <Time at={requestedAt} />,
    },
    { id: 'who', label: 'By', wideOnly: true, cell: ({ requestedBy }) => nameOf(requestedBy) },
    {
      id: 'state',
      label: 'State',
      cell: (erasure) =>
        erasure.state === 'done' ? (
          <StateBadge kind="good">Done</StateBadge>
        ) : (
          <>
            <StateBadge kind="waiting">{erasure.state === 'waiting' ? 'Waiting' : 'Erasing'}</StateBadge>
            <Progress mt={6} w={120} size="sm" value={percent(erasure)} aria-label="How far the erasing is" />
          </>
        ),
    },
    {
      id: 'rows',
      label: 'Records',
      align: 'right',
      cell: ({ erased }) => sum(erased),
    },
    {
      id: 'id',
      label: 'Receipt',
      wideOnly: true,
      cell: ({ erasureId, finishedAt, elsewhere }) => (
        <>
          <code>{erasureId}</code>
          {elsewhere.length > 0 && (
            <div className={names.under}>Yours to delete in your bucket: {elsewhere.join(', ')}</div>
          )}
          {finishedAt !== null && (
            <div className={names.under}>
              done <Time at={finishedAt} />
            </div>
          )}
        </>
      ),
    },
  ]
}
