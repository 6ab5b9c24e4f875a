import type { ExportColumn, ExportQuery, ExportRow, ExportSpan, ExportValue } from '../domain/export.ts'
import type { Cost, Figures } from '../domain/figures.ts'
import { isNamed, type ReportDimension, type ReportGroup } from '../domain/report-query.ts'
import type { Database } from '../store/db.ts'
import { report } from './report.ts'

/** Far more than a page shows; by minute and IVR number there may be many. */
const mostRows = 200_000
const usualRepeatDays = 7

type Flat = Readonly<Record<string, ExportValue>>

/** What a report says, as a table: a row a group, or one row for all; figures of the other period begin with `compared_`. */
export async function exportedReport(
  db: Database,
  accountId: string,
  { since, until }: ExportSpan,
  query: ExportQuery,
): Promise<{ readonly columns: readonly ExportColumn[]; readonly rows: readonly ExportRow[] }> {
  const { filters = {}, groupBy = [], timeZone = 'UTC', repeatDays = usualRepeatDays, compareWith = null } = query
  const other = compareWith && { from: new Date(compareWith.from), to: new Date(compareWith.to) }
  const asked = { accountId, from: since, to: until, timeZone, groupBy, filters, repeatDays, compareWith: other }
  const told = await report(db, asked, mostRows)
  const rows =
    groupBy.length > 0 ? told.rows : [{ group: {} as ReportGroup, figures: told.totals, compared: told.compared }]
  return {
    columns: [
      ...groupBy.flatMap(columnsOf),
      ...figureColumns,
      ...(other === null ? [] : figureColumns.map(({ name, type }) => ({ name: `compared_${name}`, type }))),
    ],
    rows: rows.map(({ group, figures, compared }) => ({
      ...Object.assign({}, ...groupBy.map((dimension) => flatGroup(dimension, group))),
      ...flatFigures(figures),
      ...(compared === null ? {} : prefixed(flatFigures(compared))),
    })),
  }
}

/** `ivrNumber` is told as `ivr_number`. */
const snake = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)

function columnsOf(dimension: ReportDimension): readonly ExportColumn[] {
  const name = snake(dimension)
  if (isNamed(dimension)) {
    return [
      { name: `${name}_id`, type: 'text' },
      { name, type: 'text' },
    ]
  }
  return [{ name, type: dimension === 'weekday' || dimension === 'hourOfDay' ? 'whole' : 'text' }]
}

function flatGroup(dimension: ReportDimension, group: ReportGroup): Flat {
  const value = group[dimension] ?? null
  const name = snake(dimension)
  return value !== null && typeof value === 'object'
    ? { [`${name}_id`]: value.id, [name]: value.name }
    : { [name]: value }
}

const counts = [
  ...['attempted', 'eligible', 'invited', 'sent', 'delivered', 'read', 'replied', 'handled', 'closed', 'failed'],
  ...['skipped', 'optedOut', 'abandoned', 'repeated', 'contained'],
] as readonly (keyof Figures & ('attempted' | 'repeated'))[]
const spans = ['callToText', 'textToReply', 'replyToAgent', 'handling'] as const

const figureColumns: readonly ExportColumn[] = [
  ...counts.map((name): ExportColumn => ({ name: snake(name), type: 'whole' })),
  { name: 'csat_average', type: 'number' },
  { name: 'csat_answers', type: 'whole' },
  ...spans.map((name): ExportColumn => ({ name: `seconds_${snake(name)}`, type: 'number' })),
  { name: 'cost', type: 'text' },
  { name: 'cost_per_handled', type: 'text' },
]

function flatFigures(figures: Figures): Flat {
  return {
    ...Object.fromEntries(counts.map((name) => [snake(name), figures[name]])),
    csat_average: figures.csat?.average ?? null,
    csat_answers: figures.csat?.answers ?? 0,
    ...Object.fromEntries(spans.map((name) => [`seconds_${snake(name)}`, figures.seconds[name]])),
    cost: costWords(figures.cost),
    cost_per_handled: costWords(figures.costPerHandled),
  }
}

const prefixed = (flat: Flat): Flat =>
  Object.fromEntries(Object.entries(flat).map(([name, value]) => [`compared_${name}`, value]))

/** `12.5 USD; 0.3 EUR`: a call may cost in several currencies, which no sum joins. */
const costWords = (costs: readonly Cost[]): string | null =>
  costs.length === 0 ? null : costs.map(({ amount, currency }) => `${amount / 1_000_000} ${currency}`).join('; ')
