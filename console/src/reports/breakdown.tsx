import { Button, Select, UnstyledButton } from '@mantine/core'
import { useState } from 'react'
import { type Column, DataTable, sortRows } from '../ui/data-table.tsx'
import { RowsSkeleton } from '../ui/rows-skeleton.tsx'
import { CallsButton } from './calls-button.tsx'
import { Change } from './change.tsx'
import charts from './charts.module.css'
import { type Figure, figure, figureText, moneyText } from './figures.ts'
import { type BreakdownName, breakdownWords, groupId, groupWords } from './group-words.ts'
import { Answered, Part } from './part.tsx'
import { type ReportPage, useReportPage } from './report-context.ts'
import names from './reports.module.css'
import type { Report, ReportRow } from './shapes.ts'
import { useReport } from './use-report.ts'
import { type FilterName, filterNames, listOf, listText } from './view.ts'

const page = 12
/** Figures that say how they moved, when two spans are compared. */
const moving: readonly string[] = ['attempted', 'replied', 'replyRate']

/** The same figures for each skill, channel, handoff, or whatever else calls differ by. */
export function Breakdown() {
  const { address, go } = useReportPage()
  const by = address.by in breakdownWords ? (address.by as BreakdownName) : 'channel'
  const query = useReport([by])
  return (
    <Part
      title={`By ${breakdownWords[by].replace(/^(?!IVR)./, (letter) => letter.toLowerCase())}`}
      about="Each row can be opened to its calls, and narrows the page to itself."
      actions={
        <Select
          aria-label="Told apart by"
          size="xs"
          w={190}
          data={Object.entries(breakdownWords).map(([value, label]) => ({ value, label }))}
          value={by}
          allowDeselect={false}
          onChange={(next) => go({ by: next ?? 'channel', sort: '-attempted' })}
        />
      }
    >
      <Answered query={query} skeleton={<RowsSkeleton rows={4} />}>
        {(report) => <Rows by={by} report={report} />}
      </Answered>
    </Part>
  )
}

function Rows({ by, report }: { by: BreakdownName; report: Report }) {
  const reportPage = useReportPage()
  const { address, go } = reportPage
  const [all, setAll] = useState(false)
  const columns = columnsOf(by, report, reportPage)
  const ordered = sortRows(report.rows, columns, address.sort)
  const shown = all ? ordered : ordered.slice(0, page)
  if (ordered.length === 0) return <p className={names.quiet}>No calls.</p>
  return (
    <>
      <DataTable
        label={breakdownWords[by]}
        columns={columns}
        rows={shown}
        keyOf={({ group }) => groupId(group[by])}
        sort={address.sort}
        onSort={(sort) => go({ sort })}
      />
      {ordered.length > page && (
        <Button variant="subtle" color="gray" size="compact-sm" mt="sm" onClick={() => setAll(!all)}>
          {all ? `The first ${page}` : `All ${ordered.length}`}
        </Button>
      )}
      {report.more && <p className={names.quiet}>There are more than can be shown. Narrow the page by a filter.</p>}
    </>
  )
}

function columnsOf(
  by: BreakdownName,
  { rows, compared, totals }: Report,
  { go, address }: ReportPage,
): readonly Column<ReportRow>[] {
  const filter = (Object.keys(filterNames) as FilterName[]).find((name) => filterNames[name] === by)
  const most = Math.max(1, ...rows.map(({ figures }) => figures.attempted))
  const column = (one: Figure, more: Partial<Column<ReportRow>> = {}): Column<ReportRow> => ({
    id: one.id,
    label: one.label,
    align: 'right',
    value: ({ figures }) => one.of(figures),
    cell: ({ group, figures, compared: before }) => {
      const value = one.of(figures)
      const id = groupId(group[by])
      return (
        <span className={charts.cell}>
          <CallsButton
            count={value ?? 0}
            of={one.step === null ? null : { step: one.step, group: { [by]: id } }}
            label={`${one.label}, ${groupWords(by, id)}`}
          >
            {figureText(one.unit, value)}
          </CallsButton>
          {compared !== null && moving.includes(one.id) && (
            <Change unit={one.unit} good={one.good} now={value} before={before === null ? null : one.of(before)} />
          )}
        </span>
      )
    },
    ...more,
  })
  return [
    {
      id: 'name',
      label: breakdownWords[by],
      value: ({ group }) => groupWords(by, groupId(group[by])),
      cell: ({ group, figures }) => {
        const id = groupId(group[by])
        return (
          <div className={charts.named}>
            {filter === undefined ? (
              groupWords(by, id)
            ) : (
              <UnstyledButton
                className={names.opens!}
                onClick={() => {
                  const values = listOf(address[filter])
                  if (!values.includes(id)) go({ [filter]: listText([...values, id]), calls: '' })
                }}
              >
                {groupWords(by, id)}
                <span className="visually-hidden"> narrow the page to it</span>
              </UnstyledButton>
            )}
            <div className={charts.rowTrack} aria-hidden>
              <div className={charts.bar} style={{ width: `${(100 * figures.attempted) / most}%` }} />
            </div>
          </div>
        )
      },
    },
    column(figure.attempted),
    column(figure.sent, { wideOnly: true }),
    column(figure.delivered, { wideOnly: true }),
    column(figure.replied),
    column(figure.replyRate),
    column(figure.handled, { wideOnly: true }),
    column(figure.csat, { wideOnly: true }),
    ...(totals.cost.length === 0
      ? []
      : [
          {
            id: 'cost',
            label: 'Cost',
            align: 'right' as const,
            wideOnly: true,
            value: ({ figures }: ReportRow) => figures.cost[0]?.amount ?? null,
            cell: ({ figures }: ReportRow) =>
              figures.cost.map(({ currency, amount }) => <div key={currency}>{moneyText(amount, currency)}</div>),
          },
        ]),
  ]
}
