import { Drawer } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { MoreButton } from '../admin/more-button.tsx'
import { api } from '../api.ts'
import { callColumns } from '../transactions/call-columns.tsx'
import { type Column, DataTable } from '../ui/data-table.tsx'
import { ErrorState } from '../ui/error-state.tsx'
import { RowsSkeleton } from '../ui/rows-skeleton.tsx'
import { type CallsGroup, type CallsOf, callsIn } from './calls-of.ts'
import { countedWords, stepWords } from './figures.ts'
import { groupValue, groupWords } from './group-words.ts'
import { useReportPage } from './report-context.ts'
import names from './reports.module.css'
import type { CallsBody, FoundCall, Grouping } from './shapes.ts'
import { useNames } from './use-names.ts'
import { windowOf } from './view.ts'

const { at, phone, outcome, channel, skill } = callColumns
const columns: readonly Column<FoundCall>[] = [at, phone, outcome, channel, skill]

/** The calls behind a number, beside the page that says it. Each leads to its own journey. */
export function CallsDrawer() {
  const { address, go } = useReportPage()
  useNames()
  const of = callsIn(address.calls)
  return (
    <Drawer
      opened={of !== null}
      onClose={() => go({ calls: '' })}
      position="right"
      size={640}
      title={of === null ? '' : titleOf(of)}
      transitionProps={{ duration: 120 }}
    >
      {of !== null && <Calls key={address.calls} of={of} />}
    </Drawer>
  )
}

function Calls({ of }: { of: CallsOf }) {
  const { view } = useReportPage()
  const query = useInfiniteQuery({
    queryKey: ['reports', 'calls', view, of],
    queryFn: ({ pageParam, signal }) => {
      const { group, ...which } = of
      return api('POST /api/reports/calls', {
        body: {
          ...windowOf(view, Date.now()),
          ...which,
          ...(group === undefined ? {} : { group: groupOf(group) }),
          cursor: pageParam,
          limit: 50,
        },
        signal,
      })
    },
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.next,
  })
  if (query.error !== null) return <ErrorState error={query.error} retry={() => void query.refetch()} />
  if (query.data === undefined) return <RowsSkeleton rows={8} />
  const calls = query.data.pages.flatMap(({ transactions }) => transactions)
  if (calls.length === 0) return <p className={names.quiet}>None any more: the numbers have moved on.</p>
  return (
    <>
      <DataTable label="Calls" columns={columns} rows={calls} keyOf={({ callId }) => callId} />
      <p className={names.quiet} aria-live="polite">
        {calls.length} {calls.length === 1 ? 'call' : 'calls'}
        {query.hasNextPage ? ', the newest first' : ''}
      </p>
      <MoreButton query={query} />
    </>
  )
}

const groupOf = (group: CallsGroup): NonNullable<CallsBody['group']> =>
  Object.fromEntries(Object.entries(group).map(([by, id]) => [by, groupValue(by as Grouping, id)]))

/** `Sent · SMS`, `Lost before “eligible” · The number is a landline`: the number's own words. */
function titleOf({ step, reached, lostAt, reason, group }: CallsOf): string {
  const what =
    lostAt !== undefined
      ? `Lost before “${stepWords[lostAt][0].toLowerCase()}”`
      : reached !== undefined
        ? stepWords[reached][0]
        : countedWords[step ?? 'attempted']
  const where = Object.entries(group ?? {}).map(([by, id]) => groupWords(by as Grouping, id))
  return [what, ...(reason === undefined ? [] : [groupWords('reason', reason)]), ...where].join(' · ')
}
