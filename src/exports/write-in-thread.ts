import { setTimeout as sleep } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import { ExportFailed } from './export-failed.ts'
import type { ThreadWord, ThreadWork } from './export-thread.ts'
import type { Written } from './write-export.ts'

/** Of the thread's objects: looks and row groups take half of it at most. Beyond, the export fails and not the server. */
const heapMb = 80
/** Above it the process has better to do than exports: it is answering, or handing over messages. */
const busyAbove = 0.5
/** How many times as long as a look took the next waits when the process is busy: an export then takes a twentieth of a core. */
const stepBack = 20
const longestWaitMs = 3_000

/**
 * Writes an export in a thread of its own and resolves when the whole file is on the disk. The thread goes on after each
 * look only when it is told to: it is held up while this process is busy, and by whatever `onLook` waits for.
 * @param signal ends the thread at once; the half file is left to the caller.
 * @throws ExportFailed; the signal's reason; any other error of the thread.
 */
export async function writeInThread(
  work: ThreadWork,
  signal: AbortSignal,
  onLook: (written: Written) => void = () => {},
): Promise<Written> {
  signal.throwIfAborted()
  const thread = new Worker(new URL('./export-thread.ts', import.meta.url), {
    workerData: work,
    resourceLimits: { maxOldGenerationSizeMb: heapMb, maxYoungGenerationSizeMb: 16 },
  })
  const rest = pace()
  try {
    return await new Promise<Written>((resolve, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason), { once: true })
      thread.on('message', (word: ThreadWord) => {
        if (word.tells === 'done') resolve(word.written)
        else if (word.tells === 'failed') reject(new ExportFailed(word.sentence, { forGood: word.forGood }))
        else {
          onLook(word.written)
          void rest(word.tookMs).then(() => thread.postMessage('go on'))
        }
      })
      thread.once('error', reject)
      thread.once('exit', () => reject(new Error('The thread of an export ended before its file did.')))
    })
  } finally {
    await thread.terminate()
  }
}

/** Waits after a look, in proportion to it, while this process is busy with something else. */
function pace(): (lookMs: number) => Promise<void> {
  let before = performance.eventLoopUtilization()
  return async (lookMs) => {
    const now = performance.eventLoopUtilization()
    const { utilization } = performance.eventLoopUtilization(now, before)
    before = now
    if (utilization > busyAbove) await sleep(Math.min(longestWaitMs, lookMs * stepBack), null, { ref: false })
  }
}
