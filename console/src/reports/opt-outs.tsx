import { useInfiniteQuery } from '@tanstack/react-query'
import { MoreButton } from '../admin/more-button.tsx'
import { api } from '../api.ts'
import { useMay } from '../session.ts'
import { type Column, DataTable } from '../ui/data-table.tsx'
import { Phone } from '../ui/phone.tsx'
import { RowsSkeleton } from '../ui/rows-skeleton.tsx'
import { Time } from '../ui/time.tsx'
import { channelWords } from '../workspace/lists.ts'
import { Answered, Part } from './part.tsx'
import { useReportPage } from './report-context.ts'
import names from './reports.module.css'
import type { OptOut } from './shapes.ts'
import { paceOf } from './use-report.ts'
import { windowOf } from './view.ts'

const page = 10

const sources: Readonly<Record<string, string>> = {
  keyword: 'by message',
  provider: 'at the provider',
  'provider-refusal': 'the provider refused',
  agent: 'an agent recorded it',
  api: 'by the API',
}
const columns: readonly Column<OptOut>[] = [
  {
    id: 'at',
    label: 'When',
    cell: ({ at }) => (
      <span className={names.when}>
        <Time at={at} />
      </span>
    ),
  },
  { id: 'who', label: 'Who', cell: ({ address }) => <Phone number={address} /> },
  { id: 'what', label: 'What', cell: ({ resumed }) => (resumed ? 'came back' : 'opted out') },
  {
    id: 'channel',
    label: 'Channel',
    cell: ({ channel }) => (channel === '*' ? 'all' : channelWords[channel]),
  },
  { id: 'how', label: 'How', cell: ({ source }) => sources[source] ?? source, wideOnly: true },
  { id: 'word', label: 'Word', cell: ({ word }) => (word === null ? '' : `“${word}”`) },
  {
    id: 'sender',
    label: 'To',
    cell: ({ sender }) => (sender === null ? '' : (sender.name ?? sender.id)),
    wideOnly: true,
  },
]

/** Who said stop in the span, by which word and where. */
export function OptOuts() {
  const mayRead = useMay()('opt-outs.read')
  const { view, held } = useReportPage()
  const query = useInfiniteQuery({
    queryKey: ['reports', 'opt-outs', view.days, view.zone],
    queryFn: ({ pageParam, signal }) => {
      const { from, to } = windowOf(view, Date.now())
      return api('POST /api/reports/opt-outs', { body: { from, to, cursor: pageParam, limit: page }, signal })
    },
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.next,
    refetchInterval: paceOf(view, held),
    enabled: mayRead,
  })
  if (!mayRead) return null
  return (
    <Part title="Opt-outs" about="Who said stop in this time, and by which word. Filters do not narrow it.">
      <Answered query={query} skeleton={<RowsSkeleton rows={3} />}>
        {(data) => {
          const rows = data.pages.flatMap(({ entries }) => entries)
          if (rows.length === 0) return <p className={names.quiet}>Nobody said stop in this time.</p>
          return (
            <>
              <DataTable label="Who said stop" columns={columns} rows={rows} keyOf={({ entryId }) => entryId} />
              <MoreButton query={query} />
            </>
          )
        }}
      </Answered>
    </Part>
  )
}
