import { Button } from '@mantine/core'
import { IconPhoneCall } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { api } from '../api.ts'
import { useSession } from '../session.ts'
import { EmptyState } from '../ui/empty-state.tsx'
import { useReportPage } from './report-context.ts'
import { filterNames } from './view.ts'

const yearMs = 396 * 86_400_000
const noFilters = Object.fromEntries(Object.keys(filterNames).map((name) => [name, '']))

/** Instead of a page of noughts: there are no calls at all yet, or none of this time, or none that the filters leave. */
export function NoCalls() {
  const { view, go } = useReportPage()
  const { sandbox, acts } = useSession()
  const filtered = Object.keys(view.filters).length > 0
  const ever = useQuery({
    queryKey: ['reports', 'ever'],
    queryFn: ({ signal }) => {
      const now = Date.now()
      const [from, to] = [now - yearMs, now + 60_000].map((at) => new Date(at).toISOString()) as [string, string]
      return api('POST /api/reports/query', { body: { from, to }, signal })
    },
    select: ({ totals }) => totals.attempted > 0,
    refetchInterval: 10_000,
  })
  if (ever.data === undefined && ever.error === null) return null
  if (ever.data === false) {
    return (
      <EmptyState
        title="No calls yet"
        icon={<IconPhoneCall size={32} stroke={1.4} aria-hidden />}
        action={
          sandbox ? (
            <Button renderRoot={(props) => <Link to="/try" {...props} />}>Make a call with Try it</Button>
          ) : acts.includes('settings.change') ? (
            <Button renderRoot={(props) => <Link to="/set-up" {...props} />}>Connect your IVR</Button>
          ) : undefined
        }
      >
        Each call for which an IVR asks is counted here at once: how far it came, what was answered, and where it was
        lost.
      </EmptyState>
    )
  }
  return (
    <EmptyState
      title={filtered ? 'No call of this time is like that' : 'No calls in this time'}
      action={
        filtered ? (
          <Button variant="default" onClick={() => go(noFilters)}>
            Clear all filters
          </Button>
        ) : (
          <Button variant="default" onClick={() => go({ span: '90d' })}>
            Show the last 90 days
          </Button>
        )
      }
    >
      {filtered ? 'Widen the time, or take a filter away.' : 'There are calls at other times.'}
    </EmptyState>
  )
}
