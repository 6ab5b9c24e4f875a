import { csvLine } from '../domain/csv.ts'
import type { ExportColumn, ExportRow, ExportValue } from '../domain/export.ts'
import type { FileFormat } from './file-format.ts'

/** A heading, then a line a row; no cell is a formula. Times are ISO 8601 in UTC. */
export function csvFormat(columns: readonly ExportColumn[]): FileFormat {
  const names = columns.map(({ name }) => name)
  return {
    head: () => Buffer.from(csvLine(names)),
    rows: (rows) => Buffer.from(rows.map((row) => csvLine(names.map((name) => cellOf(row[name] ?? null)))).join('')),
    foot: () => nothing,
  }
}

/** An object a line; every line has every column, null where there is nothing. */
export function ndjsonFormat(columns: readonly ExportColumn[]): FileFormat {
  // Key by key, so that no object is made of each row only to be written.
  const keys = columns.map(({ name }) => [name, `${JSON.stringify(name)}:`] as const)
  const line = (row: ExportRow) => `{${keys.map(([name, key]) => key + JSON.stringify(row[name] ?? null)).join(',')}}\n`
  return {
    head: () => nothing,
    rows: (rows) => Buffer.from(rows.map(line).join('')),
    foot: () => nothing,
  }
}

const nothing = Buffer.alloc(0)

function cellOf(value: ExportValue): string | null {
  if (value === null) return null
  return value instanceof Date ? value.toISOString() : String(value)
}
