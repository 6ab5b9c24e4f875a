import { closeSync, existsSync, fsyncSync, openSync, readFileSync, writeSync } from 'node:fs'

export interface Journal<Entry> {
  readonly entries: readonly Entry[]
  /** Returns once the entry is on the disk. */
  append(entry: Entry): void
  /** Forgets the entries; the file keeps its lines. */
  clear(): void
  close(): void
}

/**
 * What a provider has taken, in order: the ledger that crash tests compare with the client's and the database's.
 * @param path read first, then written to; undefined: the journal is in memory alone.
 */
export function openJournal<Entry>(path: string | undefined): Journal<Entry> {
  const entries: Entry[] = path !== undefined && existsSync(path) ? whole(readFileSync(path, 'utf8')) : []
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
function whole<Entry>(text: string): Entry[] {
  return text
    .slice(0, text.lastIndexOf('\n') + 1)
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Entry)
}
