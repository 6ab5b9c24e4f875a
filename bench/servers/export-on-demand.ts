import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { ExportTask } from '../../src/domain/export.ts'
import { writeInThread } from '../../src/exports/write-in-thread.ts'
import type { DatabaseTarget } from '../../src/store/db.ts'

/** What the benchmark says to a process that can export. */
export type ExportWord = { readonly begin: TimedTask } | { readonly stop: true }

/** Times as text: a message between processes holds no dates. */
type TimedTask = Omit<ExportTask, 'span'> & { readonly since: string; readonly until: string }

/** What the process says: that the first rows are written; and what was in the end, null when it was stopped. */
export interface ExportNews {
  readonly begun?: true
  readonly written?: { readonly rows: number; readonly bytes: number } | null
}

/** Writes files as the server does, when the benchmark says so. */
export function exportOnDemand(target: DatabaseTarget): void {
  let stopping = new AbortController()
  process.on('message', (word: ExportWord | string) => {
    if (typeof word === 'string') return
    if ('stop' in word) return stopping.abort(new Error('stopped'))
    stopping = new AbortController()
    void write(target, word.begin, stopping.signal)
  })
}

async function write(target: DatabaseTarget, { since, until, ...task }: TimedTask, signal: AbortSignal): Promise<void> {
  const path = join(process.env.DATA_DIR!, `export-${process.pid}-${Date.now()}`)
  const span = { since: new Date(since), until: new Date(until) }
  const limits = { mostBytes: Number.POSITIVE_INFINITY, mostRows: null }
  const tell = (news: ExportNews) => process.send!(news)
  let looks = 0
  try {
    const written = await writeInThread({ target, task: { ...task, span }, path, limits }, signal, () => {
      looks += 1
      if (looks === 1) tell({ begun: true })
    })
    tell({ written })
  } catch (error) {
    if (!signal.aborted) throw error
    tell({ written: null })
  } finally {
    await rm(path, { force: true })
  }
}
