import { ByteWriter, ParquetWriter, schemaFromColumnData } from 'hyparquet-writer'
import type { ExportColumn, ExportValue } from '../domain/export.ts'
import type { FileFormat } from './file-format.ts'

/**
 * Rows of one row group, unless their texts are large: what is held at once. Each group leaves 28 kB in memory until the end,
 * where the file tells of them all (measured, 40 columns), so that ten million rows cost 28 MB; of twice as many rows, a group
 * costs 55 MB more while it is written.
 */
const rowsOfGroup = 10_000
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
  // By column: the rows' own objects, which take as much again, are not kept.
  const held = described.map(() => [] as ExportValue[])
  let rowsHeld = 0
  let texts = 0

  /** The bytes written since the last time; positions in the file go on counting. */
  const taken = (): Uint8Array => {
    const copy = Uint8Array.from(bytes.getBytes())
    bytes.index = 0
    return copy
  }
  const writeGroup = () => {
    if (rowsHeld === 0) return
    const columnData = described.map((column, place) => ({ ...column, data: held[place]!.splice(0) }))
    void writer.write({ columnData, rowGroupSize: rowsHeld })
    rowsHeld = 0
    texts = 0
  }

  return {
    head: taken,
    rows(rows) {
      for (const row of rows) {
        for (const [place, { name }] of columns.entries()) {
          const value = row[name] ?? null
          held[place]!.push(value)
          if (typeof value === 'string') texts += value.length
        }
        rowsHeld += 1
        if (rowsHeld >= rowsOfGroup || texts >= textsOfGroup) writeGroup()
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
