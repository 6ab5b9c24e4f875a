import { Skeleton } from '@mantine/core'
import { CallsButton } from './calls-button.tsx'
import { Change } from './change.tsx'
import charts from './charts.module.css'
import { countText, shareOf, shareText, steps, stepWords } from './figures.ts'
import { FunnelTable } from './funnel-table.tsx'
import { LossLine } from './loss-line.tsx'
import { Part, useAsTable } from './part.tsx'
import { reachedOf } from './reached-of.ts'
import { useReportPage } from './report-context.ts'
import names from './reports.module.css'
import type { Report } from './shapes.ts'
import { useReport } from './use-report.ts'

const title = 'Funnel'
const about = 'How far the calls came, and where callers were lost.'

/** How far calls came, step by step, and why the rest was lost before each. */
export function Funnel({ report }: { report: Report }) {
  const [asTable] = useAsTable('funnel')
  const { view } = useReportPage()
  const compared = useReport([], { window: 'compared', enabled: view.compare !== 'none' })
  const other = view.compare === 'none' ? null : (compared.data ?? null)
  return (
    <Part title={title} about={about} chart="funnel">
      {asTable ? <FunnelTable report={report} other={other} /> : <Bars report={report} other={other} />}
    </Part>
  )
}

function Bars({ report, other }: { report: Report; other: Report | null }) {
  const all = report.totals.attempted
  return (
    <ol className={names.funnel} data-compared={other !== null || undefined}>
      {steps.map((step) => {
        const [label, meaning] = stepWords[step]
        const count = reachedOf(report, step)
        const loss = report.losses.find((one) => one.step === step)
        const share = shareOf(count, all)
        return (
          <li key={step}>
            {loss !== undefined && loss.lost > 0 && <LossLine loss={loss} />}
            <div className={names.step}>
              <div className={names.stepName}>
                <strong>{label}</strong>
                <span>{meaning}</span>
              </div>
              <Track
                share={share ?? 0}
                before={other === null ? null : shareOf(reachedOf(other, step), other.totals.attempted)}
              />
              <CallsButton count={count} of={{ reached: step }} label={`the calls behind “${label}”`}>
                {countText(count)}
              </CallsButton>
              <span className={names.share}>{shareText(share)}</span>
              {other !== null && (
                <Change
                  unit="count"
                  good={step === 'attempted' ? 'either' : 'more'}
                  now={count}
                  before={reachedOf(other, step)}
                />
              )}
            </div>
          </li>
        )
      })}
    </ol>
  )
}

/** A bar from zero, with a mark where it ended before. The numbers beside it say the same. */
function Track({ share, before }: { share: number; before: number | null }) {
  return (
    <div className={names.track} aria-hidden>
      <div className={charts.bar} style={{ width: `${100 * share}%` }} />
      {before !== null && <div className={names.mark} style={{ left: `${100 * before}%` }} />}
    </div>
  )
}

export function FunnelSkeleton() {
  return (
    <Part title={title} about={about}>
      <div className={names.funnel} aria-busy="true">
        {steps.map((step, place) => (
          <Skeleton key={step} height={28} width={`${100 - place * 9}%`} mb="md" />
        ))}
      </div>
    </Part>
  )
}
