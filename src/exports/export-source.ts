import type { ExportColumn, ExportRow, ExportTask } from '../domain/export.ts'
import { callColumns, countAbout, exportedCalls } from '../reports/exported-calls.ts'
import { exportedReport } from '../reports/exported-report.ts'
import type { Database } from '../store/db.ts'
import { countOptOuts, exportedOptOuts, optOutColumns } from '../store/exported-opt-outs.ts'

/** Where the rows of a file come from. */
export interface ExportSource {
  readonly columns: readonly ExportColumn[]
  /** About how many there are to look at; null: nobody can say. */
  readonly about: number | null
  readonly looks: AsyncIterable<{ readonly rows: readonly ExportRow[]; readonly lookedAt: number }>
}

/** The rows that a task asks for. */
export async function exportSource(
  db: Database,
  { accountId, kind, query, span, masked }: ExportTask,
): Promise<ExportSource> {
  switch (kind) {
    case 'transactions':
      return {
        columns: callColumns,
        about: await countAbout(db, accountId, span),
        looks: exportedCalls(db, accountId, span, query.filters ?? {}, masked),
      }
    case 'opt-outs':
      return {
        columns: optOutColumns,
        about: await countOptOuts(db, accountId, span),
        looks: exportedOptOuts(db, accountId, span, masked),
      }
    case 'report': {
      const { columns, rows } = await exportedReport(db, accountId, span, query)
      return { columns, about: rows.length, looks: once({ rows, lookedAt: rows.length }) }
    }
  }
}

async function* once<T>(value: T): AsyncGenerator<T> {
  yield value
}
