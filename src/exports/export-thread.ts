import { once } from 'node:events'
import { parentPort, workerData } from 'node:worker_threads'
import type { ExportTask } from '../domain/export.ts'
import { type DatabaseTarget, openDatabase } from '../store/db.ts'
import { ExportFailed } from './export-failed.ts'
import { type WriteLimits, type Written, writeExport } from './write-export.ts'

/** What the thread is started with. */
export interface ThreadWork {
  readonly target: DatabaseTarget
  readonly task: ExportTask
  readonly path: string
  readonly limits: WriteLimits
}

/** What the thread tells. After a look it waits for any message before it goes on. */
export type ThreadWord =
  | { readonly tells: 'look'; readonly written: Written; readonly tookMs: number }
  | { readonly tells: 'done'; readonly written: Written }
  | { readonly tells: 'failed'; readonly sentence: string; readonly forGood: boolean }

/*
 * Runs in a thread of its own, with a connection of its own: a file's rows are made and packed here, so that the loop which
 * answers requests never waits for them, and a limit on this thread's memory is no limit of the server's.
 */
if (parentPort !== null) {
  const port = parentPort
  const { target, task, path, limits } = workerData as ThreadWork
  const tell = (word: ThreadWord) => port.postMessage(word)
  const db = openDatabase(target, { max: 1, name: 'c2m export' })
  let began = performance.now()
  try {
    const written = await writeExport(db, task, path, limits, async (look) => {
      const goOn = once(port, 'message')
      tell({ tells: 'look', written: look, tookMs: performance.now() - began })
      await goOn
      began = performance.now()
    })
    tell({ tells: 'done', written })
  } catch (error) {
    if (!(error instanceof ExportFailed)) throw error
    tell({ tells: 'failed', sentence: error.message, forGood: error.forGood })
  } finally {
    await db.end({ timeout: 1 })
    port.close()
  }
}
