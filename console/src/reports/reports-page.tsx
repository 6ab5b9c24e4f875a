import { useEffect, useMemo, useState } from 'react'
import { useSession } from '../session.ts'
import { ErrorState } from '../ui/error-state.tsx'
import { PageBody } from '../ui/page-body.tsx'
import { PageHeader } from '../ui/page-header.tsx'
import { Breakdown } from './breakdown.tsx'
import { CallsDrawer } from './calls-drawer.tsx'
import { callsText } from './calls-of.ts'
import { Controls, spanSentence } from './controls.tsx'
import { CopyLink } from './copy-link.tsx'
import { ExportMenu } from './export-menu.tsx'
import { FilterBar } from './filter-bar.tsx'
import { Funnel, FunnelSkeleton } from './funnel.tsx'
import { namesOf } from './group-words.ts'
import { LiveLine } from './live-line.tsx'
import { NoCalls } from './no-calls.tsx'
import { OptOuts } from './opt-outs.tsx'
import { Answered } from './part.tsx'
import { ReportContext, type ReportPage, useReportPage } from './report-context.ts'
import names from './reports.module.css'
import type { Report } from './shapes.ts'
import { Tiles, TilesSkeleton } from './tiles.tsx'
import { Times } from './times.tsx'
import { grainOf, Trends, TrendsSkeleton } from './trends.tsx'
import { useReport } from './use-report.ts'
import { Variants } from './variants.tsx'
import { useView } from './view.ts'
import { WeekMap } from './week-map.tsx'

/** What the deflection earns and where callers are lost, on one page; its address says all of what is shown. */
export function ReportsPage() {
  const { view, address, go } = useView()
  const { accountId } = useSession()
  const [held, setHeld] = useState(false)
  useEffect(() => namesOf(accountId), [accountId])
  // A link is opened elsewhere, where days begin at another time: the address says where these do.
  useEffect(() => {
    if (address.zone !== view.zone) go({ zone: view.zone })
  }, [address.zone, view.zone, go])
  const page = useMemo<ReportPage>(
    () => ({ view, address, held, go, openCalls: (of) => go({ calls: callsText(of) }) }),
    [view, address, held, go],
  )
  return (
    <ReportContext value={page}>
      <PageBody wide>
        <div className={names.page}>
          <PageHeader
            title="Reports"
            purpose="What became of the calls that asked for messaging, and where callers were lost."
            action={
              <>
                <CopyLink />
                <ExportMenu />
              </>
            }
          />
          <Controls />
          <FilterBar />
          <p className={names.sentence}>{spanSentence(view)}</p>
          {view.span === 'live' && <LiveLine held={held} onHold={setHeld} />}
          <Body />
          <CallsDrawer />
        </div>
      </PageBody>
    </ReportContext>
  )
}

/** One answer gives the numbers, the funnel and the trends; the parts below ask for their own. */
function Body() {
  const { view } = useReportPage()
  const query = useReport([grainOf(view)])
  if (query.data === undefined && query.error !== null) {
    return <ErrorState error={query.error} retry={() => void query.refetch()} />
  }
  return (
    <Answered query={query} skeleton={<Skeletons />}>
      {(report) => (report.totals.attempted === 0 && view.span !== 'live' ? <NoCalls /> : <Parts report={report} />)}
    </Answered>
  )
}

function Parts({ report }: { report: Report }) {
  const { view } = useReportPage()
  return (
    <>
      {report.totals.attempted === 0 && (
        <p className={names.quiet}>No call in the last 60 minutes. The next one appears here by itself.</p>
      )}
      <Tiles report={report} />
      <Funnel report={report} />
      <Trends report={report} />
      <Breakdown />
      {view.span !== 'live' && <WeekMap />}
      <Times report={report} />
      <Variants />
      <OptOuts />
    </>
  )
}

function Skeletons() {
  return (
    <>
      <TilesSkeleton />
      <FunnelSkeleton />
      <TrendsSkeleton />
    </>
  )
}
