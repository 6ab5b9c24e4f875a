import type { ReportDimension, ReportFilters } from './report-query.ts'

/** What can be exported: each call, the figures of a report, every word of opting out and back in. */
export const exportKinds = ['transactions', 'report', 'opt-outs'] as const
export type ExportKind = (typeof exportKinds)[number]

export const exportFormats = ['csv', 'ndjson', 'parquet'] as const
export type ExportFormat = (typeof exportFormats)[number]

/** `cancelled`: somebody did not want it any more. What failed for good says why. */
export const exportStates = ['waiting', 'running', 'done', 'failed', 'cancelled'] as const
export type ExportState = (typeof exportStates)[number]

/** How a file of each format is called and announced. */
export const formatTypes: Readonly<Record<ExportFormat, string>> = {
  csv: 'text/csv; charset=utf-8; header=present',
  ndjson: 'application/x-ndjson; charset=utf-8',
  parquet: 'application/vnd.apache.parquet',
}

/** What is wanted besides the span of time, as it is stored; of kind `opt-outs` nothing of it counts. */
export interface ExportQuery {
  readonly filters?: ReportFilters
  /** Of kind `report`: how figures are told apart; see `ReportQuery`. */
  readonly groupBy?: readonly ReportDimension[]
  readonly timeZone?: string
  readonly repeatDays?: number
  /** As ISO 8601. */
  readonly compareWith?: { readonly from: string; readonly to: string } | null
}

/** Half-open: `until` is not part of it. */
export interface ExportSpan {
  readonly since: Date
  readonly until: Date
}

/** What somebody asks for. */
export interface ExportWanted {
  readonly kind: ExportKind
  readonly format: ExportFormat
  readonly query: ExportQuery
  /** Null: as far back as there is anything. */
  readonly from: Date | null
  /** Not included; null: now. */
  readonly to: Date | null
}

/** One file to write. */
export interface ExportTask {
  readonly accountId: string
  readonly kind: ExportKind
  readonly format: ExportFormat
  readonly query: ExportQuery
  readonly span: ExportSpan
  /** Only the end of consumers' numbers. */
  readonly masked: boolean
}

export type ExportValue = string | number | boolean | Date | null
export type ExportRow = Readonly<Record<string, ExportValue>>

/** A column of a file: its name in every format, and what its values are. */
export interface ExportColumn {
  readonly name: string
  readonly type: 'text' | 'time' | 'boolean' | 'whole' | 'number'
}

/**
 * The name under which a file is handed out, made of its kind and span alone: `transactions_2026-11-01_2026-11-23.csv`.
 * @param timeZone in which the days are told.
 */
export function exportFileName(
  kind: ExportKind,
  format: ExportFormat,
  { since, until }: ExportSpan,
  timeZone = 'UTC',
): string {
  // The last moment that belongs to it, not the first one that does not.
  const last = new Date(Math.max(since.getTime(), until.getTime() - 1))
  return `${kind}_${dayOf(since, timeZone)}_${dayOf(last, timeZone)}.${format}`
}

/** YYYY-MM-DD on the calendar of the zone. */
function dayOf(at: Date, timeZone: string): string {
  return new Intl.DateTimeFormat('sv-SE', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' }).format(at)
}

/**
 * The span that is meant, never later than now: what comes after it would be told of or not by chance.
 * @param wanted null: as far back as there is anything, and now. @returns a sentence when there is no such span.
 */
export function exportSpan(wanted: { from: Date | null; to: Date | null }, now: Date): ExportSpan | string {
  const until = wanted.to === null || wanted.to > now ? now : wanted.to
  const since = wanted.from ?? new Date(until.getTime() - longestDays * dayMs)
  if (since > until) return '`from` must not be after `to`, nor after now.'
  if (until.getTime() - since.getTime() > longestDays * dayMs) return `An export covers ${longestDays} days at most.`
  return { since, until }
}

/** Rows that one request may be answered with at once; what is larger is asked for and fetched later. */
export const rowsAtOnce = 5_000
/** Exports of one brand that may wait. */
export const mostWaiting = 10
/** Longest span of time, in days: more than any retention keeps. */
const longestDays = 3_700
const dayMs = 86_400_000
/** Begun so often, an export is given up. */
export const mostTries = 8

const minuteMs = 60_000
const waitsMs = [minuteMs / 6, minuteMs, 5 * minuteMs, 15 * minuteMs, 60 * minuteMs, 180 * minuteMs, 360 * minuteMs]

/** Milliseconds before it is begun again, after so many tries. */
export const waitAfter = (tries: number): number => waitsMs[Math.min(tries, waitsMs.length) - 1] ?? waitsMs[0]!

/** Percent of an export's way, 0 to 100; 100 only when it is done; null: nobody can say. */
export function percentDone(
  state: ExportState,
  { lookedAt, about }: { lookedAt: number; about: number | null },
): number | null {
  if (state === 'done') return 100
  if (about === null) return null
  return about === 0 ? 0 : Math.min(99, Math.floor((100 * lookedAt) / about))
}
