import { setTimeout as sleep } from 'node:timers/promises'

/**
 * Waits for `work`, but no longer than `ms` milliseconds: nothing that stops may wait for ever. Its failure counts as an end.
 * @returns whether `work` has ended in time; it goes on by itself when not.
 */
export async function within(ms: number, work: Promise<unknown>): Promise<boolean> {
  const inTime = new AbortController()
  const late = sleep(ms, false, { signal: inTime.signal }).catch(() => false)
  const ended = work.then(
    () => true,
    () => true,
  )
  try {
    return await Promise.race([ended, late])
  } finally {
    inTime.abort()
  }
}
