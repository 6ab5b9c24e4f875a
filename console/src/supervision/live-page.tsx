import { Skeleton } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { api } from '../api.ts'
import { useMay } from '../session.ts'
import { duration } from '../ui/duration.ts'
import { EmptyState } from '../ui/empty-state.tsx'
import { ErrorState } from '../ui/error-state.tsx'
import { PageBody } from '../ui/page-body.tsx'
import { PageHeader } from '../ui/page-header.tsx'
import { RowsSkeleton } from '../ui/rows-skeleton.tsx'
import { useNow } from '../ui/use-now.ts'
import { LastHour } from './last-hour.tsx'
import names from './live.module.css'
import { AgentsTable, ProvidersTable, SkillsTable } from './live-tables.tsx'
import { type LiveNow, liveKey } from './shapes.ts'
import { StopSwitches } from './stop-switches.tsx'

const everyMs = 3_000

/** What a supervisor looks at during a shift: who waits, who is there, what is sent, and the switch to stop with. */
export function LivePage() {
  const may = useMay()
  const live = useQuery({
    queryKey: liveKey,
    queryFn: ({ signal }) => api('GET /api/workspace/live', { signal }),
    refetchInterval: everyMs,
    staleTime: everyMs,
  })
  return (
    <PageBody wide>
      <PageHeader title="Live" purpose="Queues, agents, the last hour and the providers, as they are now." />
      {live.data !== undefined ? (
        <>
          {live.error !== null && (
            <p className={names.stale} role="status">
              These numbers are not new any more: the server cannot be reached just now.
            </p>
          )}
          <Shown now={live.data} mayStop={may('stops.change')} />
        </>
      ) : live.error !== null ? (
        <ErrorState error={live.error} retry={() => void live.refetch()} />
      ) : (
        <>
          <div className={names.tiles}>
            {[0, 1, 2, 3, 4].map((place) => (
              <Skeleton key={place} height={78} radius={8} />
            ))}
          </div>
          <RowsSkeleton />
        </>
      )}
    </PageBody>
  )
}

function Shown({ now, mayStop }: { now: LiveNow; mayStop: boolean }) {
  const clock = useNow(1_000)
  const { waiting, waitingSince, agents, lastHour, skills, providers } = now
  const online = agents.filter(({ presence }) => presence === 'online')
  const load = online.reduce((sum, one) => sum + one.load, 0)
  const capacity = online.reduce((sum, one) => sum + one.capacity, 0)
  const tiles = [
    { label: 'Waiting', value: String(waiting) },
    { label: 'Longest wait', value: waitingSince === null ? 'nobody' : duration(clock - Date.parse(waitingSince)) },
    { label: 'Agents online', value: String(online.length), more: `${load} of ${capacity} conversations` },
    { label: 'Invites in the last hour', value: String(lastHour.invited), more: `of ${lastHour.calls} calls` },
    { label: 'Replies in the last hour', value: String(lastHour.replied), more: shareOf(lastHour) },
  ]
  return (
    <>
      <dl className={names.tiles}>
        {tiles.map(({ label, value, more }) => (
          <div key={label} className={names.tile}>
            <dt>{label}</dt>
            <dd>{value}</dd>
            {more !== undefined && <dd className={names.small}>{more}</dd>}
          </div>
        ))}
      </dl>
      <section className={names.section}>
        <h2>Queues</h2>
        {skills.length === 0 ? (
          <EmptyState title="There are no skills">Each skill is a queue. An administrator adds them.</EmptyState>
        ) : (
          <SkillsTable skills={skills} />
        )}
      </section>
      <section className={names.section}>
        <h2>Stop switches</h2>
        <p>What is stopped is no longer offered to callers; conversations that are open go on.</p>
        <StopSwitches skills={skills} stops={now.stops} mayStop={mayStop} />
      </section>
      <div className={names.two}>
        <section className={names.section}>
          <h2>The last hour</h2>
          <LastHour hour={lastHour} />
        </section>
        <section className={names.section}>
          <h2>Providers</h2>
          {providers.length === 0 ? <p>No sender has been set up.</p> : <ProvidersTable providers={providers} />}
        </section>
      </div>
      <section className={names.section}>
        <h2>Agents</h2>
        {agents.length === 0 ? (
          <p>Nobody answers conversations yet.</p>
        ) : (
          <AgentsTable agents={agents} skills={skills} />
        )}
      </section>
    </>
  )
}

const shareOf = ({ invited, replied }: LiveNow['lastHour']) =>
  invited === 0 ? 'no invites' : `${Math.round((100 * replied) / invited)} % of the invites`
