import { CallsButton } from './calls-button.tsx'
import { countText, shareOf, shareText, steps, stepWords } from './figures.ts'
import { PlainTable } from './plain-table.tsx'
import { reachedOf } from './reached-of.ts'
import names from './reports.module.css'
import type { Report } from './shapes.ts'

/** The funnel in numbers, with every reason. */
export function FunnelTable({ report, other }: { report: Report; other: Report | null }) {
  const heads = [
    'Step',
    'Calls',
    ...(other === null ? [] : ['Before']),
    'Of all calls',
    'Of the step before',
    'Lost before it',
    'Why',
  ]
  return (
    <PlainTable
      label="Funnel in numbers"
      heads={heads}
      left={[heads.length - 1]}
      rows={steps.map((step, place) => {
        const [label] = stepWords[step]
        const count = reachedOf(report, step)
        const loss = report.losses.find((one) => one.step === step)
        return {
          key: step,
          cells: [
            label,
            <CallsButton key="count" count={count} of={{ reached: step }} label={`the calls behind “${label}”`}>
              {countText(count)}
            </CallsButton>,
            ...(other === null ? [] : [countText(reachedOf(other, step))]),
            shareText(shareOf(count, report.totals.attempted)),
            place === 0 ? '' : shareText(shareOf(count, reachedOf(report, steps[place - 1]!))),
            loss === undefined ? (
              ''
            ) : (
              <CallsButton
                key="lost"
                count={loss.lost}
                of={{ lostAt: loss.step }}
                label={`the calls lost before “${label}”`}
              >
                {countText(loss.lost)}
              </CallsButton>
            ),
            loss?.reasons.map(({ code, sentence, calls }) => (
              <div key={code} className={names.why}>
                {sentence.replace(/\.$/, '')}: {countText(calls)}
              </div>
            )),
          ],
        }
      })}
    />
  )
}
