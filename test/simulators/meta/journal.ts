import { closeSync, existsSync, fsyncSync, openSync, readFileSync, writeSync } from 'node:fs'
import type { JournalEntry } from './options.ts'

export interface Journal {
  readonly entries: readonly JournalEntry[]
  /** Returns once the entry is on the disk. */
  append(entry: JournalEntry): void
  clear(): void
  close(): void
}

/** What Meta has taken, in order: the ledger that crash tests compare with the client's and the database's. */
export function openJournal(path: string | undefined): Journal {
  const entries: JournalEntry[] = path !== undefined && existsSync(path) ? whole(readFileSync(path, 'utf8')) : []
  const file = path === undefined ? null : openSync(path, 'a', 0o600)
  return {
    entries,
    append(entry) {
      if (file !== null) {
        writeSync(file, `${JSON.stringify(entry)}\n`)
        fsyncSync(file)
      }
      entries.push(entry)
    },
    clear: () => void entries.splice(0),
    close: () => {
      if (file !== null) closeSync(file)
    },
  }
}

/** The complete lines: a kill may have torn the last one. */
function whole(text: string): JournalEntry[] {
  return text
    .slice(0, text.lastIndexOf('\n') + 1)
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as JournalEntry)
}
