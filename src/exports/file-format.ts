import type { ExportRow } from '../domain/export.ts'

/** How rows become a file. It holds back no more than some megabytes, however many rows come. */
export interface FileFormat {
  head(): Uint8Array
  /** What is to be written now; rows may be held back for later. */
  rows(rows: readonly ExportRow[]): Uint8Array
  foot(): Uint8Array
}
