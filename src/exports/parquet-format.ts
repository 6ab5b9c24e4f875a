import { ByteWriter, ParquetWriter, schemaFromColumnData } from 'hyparquet-writer'
import type { ExportColumn, ExportRow } from '../domain/export.ts'
import type { FileFormat } from './file-format.ts'

/**
 * Rows of one row group, unless their texts are large: what is held at once. Each group leaves 28 kB in memory until the end,
 * where the file tells of them all (measured, 40 columns), so that ten million rows cost 14 MB.
 */
const rowsOfGroup = 20_000
const textsOfGroup = 8 * 1024 * 1024

const types = { text: 'STRING', time: 'TIMESTAMP', boolean: 'BOOLEAN', whole: 'INT32', number: 'DOUBLE' } as const

/** Apache Parquet, one row group after the other (Snappy). Times are milliseconds in UTC. */
export function parquetFormat(columns: readonly ExportColumn[]): FileFormat {
  const bytes = new ByteWriter()
  // Least and greatest of times alone: who reads a span passes over all else. Those of texts are kept whole until the end.
  const described = columns.map(({ name, type }) => ({
    ...{ name, type: types[type], offsetIndex: false },
    statistics: type === 'time',
  }))
  const writer = new ParquetWriter({
    writer: bytes,
    schema: schemaFromColumnData({ columnData: described.map((column) => ({ ...column, data: [] })) }),
    createdBy: 'Connect to Messaging',
  })
  let held: ExportRow[] = []
  let texts = 0

  /** The bytes written since the last time; positions in the file go on counting. */
  const taken = (): Uint8Array => {
    const copy = Uint8Array.from(bytes.getBytes())
    bytes.index = 0
    return copy
  }
  const writeGroup = () => {
    if (held.length === 0) return
    const columnData = described.map((column) => ({ ...column, data: held.map((row) => row[column.name] ?? null) }))
    void writer.write({ columnData, rowGroupSize: held.length })
    held = []
    texts = 0
  }

  return {
    head: taken,
    rows(rows) {
      for (const row of rows) {
        held.push(row)
        for (const { name } of columns) {
          const value = row[name]
          if (typeof value === 'string') texts += value.length
        }
        if (held.length >= rowsOfGroup || texts >= textsOfGroup) writeGroup()
      }
      return taken()
    },
    foot() {
      writeGroup()
      void writer.finish()
      return taken()
    },
  }
}
