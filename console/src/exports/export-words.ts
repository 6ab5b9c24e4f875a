import type { Export, ExportFormat, ExportKind, Schedule } from './use-exports.ts'

export const kindWords: Readonly<Record<ExportKind, readonly [title: string, about: string]>> = {
  transactions: ['Transactions', 'A row for each call, with everything that became of it.'],
  report: ['Report', 'The figures of a report, a row for each day.'],
  'opt-outs': ['Opt-outs', 'Who stopped and who came back, when, and by which word.'],
}

export const formatWords: Readonly<Record<ExportFormat, string>> = {
  csv: 'CSV, for spreadsheets',
  ndjson: 'NDJSON, a JSON object a line',
  parquet: 'Parquet, for data platforms',
}

const day = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short', year: 'numeric', timeZone: 'UTC' })

/** The days that an export covers, as it was asked; without a beginning, all there is. */
export function spanWords({ from, to }: Pick<Export, 'from' | 'to'>): string {
  const [since, until] = [new Date(from), new Date(Date.parse(to) - 1)]
  // Nobody has asked for ten years: that is how far back "all" goes.
  if (until.getTime() - since.getTime() > 9 * 366 * 86_400_000) return `all until ${day.format(until)}`
  const [first, last] = [day.format(since), day.format(until)]
  return first === last ? first : `${first} to ${last}`
}

export function sizeWords(bytes: number): string {
  if (bytes < 1_000) return `${bytes} B`
  if (bytes < 1_000_000) return `${Math.round(bytes / 1_000)} kB`
  return `${(bytes / 1_000_000).toFixed(bytes < 10_000_000 ? 1 : 0)} MB`
}

export const weekdayWords: Readonly<Record<NonNullable<Schedule['weekday']>, string>> = {
  mon: 'Monday',
  tue: 'Tuesday',
  wed: 'Wednesday',
  thu: 'Thursday',
  fri: 'Friday',
  sat: 'Saturday',
  sun: 'Sunday',
}

/** "Every Monday at 03:00, Europe/London". */
export function rhythmWords({ every, hour, weekday, monthDay, timeZone }: Schedule): string {
  const when = every === 'week' && weekday !== null ? weekdayWords[weekday] : every
  const on = every === 'month' && monthDay !== null ? `, on day ${monthDay},` : ''
  return `Every ${when}${on} at ${String(hour).padStart(2, '0')}:00, ${timeZone}`
}

export function destinationWords({ destination }: Schedule): string {
  if (destination.to === 'folder') return `folder ${destination.folder === '' ? 'of the account' : destination.folder}`
  return `bucket ${destination.bucket}${destination.prefix === '' ? '' : `/${destination.prefix}`}`
}

export const rowsWords = (rows: number): string => `${rows.toLocaleString('en-GB')} ${rows === 1 ? 'row' : 'rows'}`
