import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { ExportTask } from '../../src/domain/export.ts'
import { writeInThread } from '../../src/exports/write-in-thread.ts'
import type { DatabaseTarget } from '../../src/store/db.ts'

/** What the benchmark says to a process that can export. */
export type ExportWord = { readonly begin: TimedTask } | { readonly stop: true }

/** Times as text: a message between processes holds no dates. */
type TimedTask = Omit<ExportTask, 'span'> & { readonly since: string; readonly until: string }

/** Writes files as the server does, when the benchmark says so; tells what was written when one is done. */
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
  try {
    const written = await writeInThread({ target, task: { ...task, span }, path, limits }, signal)
    process.send!({ written })
  } catch (error) {
    if (!signal.aborted) throw error
    process.send!({ written: null })
  } finally {
    await rm(path, { force: true })
  }
}
