import { Skeleton } from '@mantine/core'
import { CallsButton } from './calls-button.tsx'
import { Change } from './change.tsx'
import charts from './charts.module.css'
import { costFigures, type Figure, figure, figureText } from './figures.ts'
import { axisWords, groupId, groupWords } from './group-words.ts'
import { Part, useAsTable } from './part.tsx'
import { PlainTable } from './plain-table.tsx'
import { useReportPage } from './report-context.ts'
import type { Report } from './shapes.ts'
import { TrendChart, type TrendPoint } from './trend-chart.tsx'
import type { View } from './view.ts'
import { daysBetween } from './zone-days.ts'

const always: readonly Figure[] = [
  figure.attempted,
  figure.sent,
  figure.replied,
  figure.replyRate,
  figure.handled,
  figure.csat,
]

/** What is drawn of a report: where prices are known also what it cost. */
function drawnOf({ totals, compared }: Report): readonly Figure[] {
  const priced = [...totals.cost, ...(compared?.cost ?? [])].map(({ currency }) => currency)
  return [...always, ...costFigures([...new Set(priced)].sort())]
}

/** Live by the minute, a day or two by the hour, what is longer by the day. */
export function grainOf({ days }: View): 'minute' | 'hour' | 'day' {
  if (days === null) return 'minute'
  return daysBetween(days.first, days.last) <= 2 ? 'hour' : 'day'
}

const grainWords = { minute: 'By the minute', hour: 'By the hour', day: 'By the day' }

/** One small chart for each figure, all over the same time, rather than one crowded chart. */
export function Trends({ report }: { report: Report }) {
  const { view } = useReportPage()
  const [asTable] = useAsTable('trends')
  const grain = grainOf(view)
  const about = `${grainWords[grain]}${view.compare === 'none' ? '.' : '; the dashed line is the time before.'}`
  return (
    <Part title="Trends" about={about} chart="trends">
      {asTable ? <TrendTable report={report} /> : <Charts report={report} />}
    </Part>
  )
}

function Charts({ report }: { report: Report }) {
  const { rows, totals, compared } = report
  const { view, openCalls } = useReportPage()
  const grain = grainOf(view)
  return (
    <div className={charts.trends}>
      {drawnOf(report).map((one) => {
        const points: TrendPoint[] = rows.map(({ group, figures, compared: before }) => {
          const id = groupId(group[grain])
          return {
            id,
            words: groupWords(grain, id),
            short: axisWords(grain, id),
            now: one.of(figures),
            before: before === null ? null : one.of(before),
          }
        })
        const total = one.of(totals)
        return (
          <figure key={one.id} className={charts.trend}>
            <figcaption>
              <span>{one.label}</span>
              <strong>{figureText(one.unit, total)}</strong>
              {compared !== null && <Change unit={one.unit} good={one.good} now={total} before={one.of(compared)} />}
            </figcaption>
            <TrendChart
              figure={one}
              points={points}
              compared={compared !== null}
              onOpen={({ id }) =>
                openCalls({ ...(one.step === null ? {} : { step: one.step }), group: { [grain]: id } })
              }
            />
          </figure>
        )
      })}
    </div>
  )
}

function TrendTable({ report }: { report: Report }) {
  const drawn = drawnOf(report)
  const { view } = useReportPage()
  const grain = grainOf(view)
  return (
    <PlainTable
      label="Trends in numbers"
      heads={['When', ...drawn.map(({ label }) => label)]}
      rows={report.rows.map(({ group, figures }) => {
        const id = groupId(group[grain])
        const when = groupWords(grain, id)
        return {
          key: id,
          cells: [
            when,
            ...drawn.map(({ id: name, label, unit, step, of }) => (
              <CallsButton
                key={name}
                count={of(figures) ?? 0}
                of={step === null ? null : { step, group: { [grain]: id } }}
                label={`${label}, ${when}`}
              >
                {figureText(unit, of(figures))}
              </CallsButton>
            )),
          ],
        }
      })}
    />
  )
}

export function TrendsSkeleton() {
  return (
    <Part title="Trends">
      <div className={charts.trends} aria-busy="true">
        {always.map(({ id }) => (
          <Skeleton key={id} height={192} radius={8} />
        ))}
      </div>
    </Part>
  )
}
