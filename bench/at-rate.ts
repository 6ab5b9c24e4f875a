import { setTimeout as pause } from 'node:timers/promises'

/**
 * Open loop: each begins at its time whatever became of the others. Lateness of our own timer counts for nobody.
 * @param one the n-th, due now by `performance.now()`; resolves to the milliseconds it took.
 * @returns what each took, sorted.
 */
export async function atRate(
  perSecond: number,
  count: number,
  one: (n: number, due: number) => Promise<number>,
): Promise<number[]> {
  const everyMs = 1_000 / perSecond
  const start = performance.now() + 10
  const all: Promise<number>[] = []
  while (all.length < count) {
    await pause(Math.max(0, start + all.length * everyMs - performance.now()))
    all.push(one(all.length, performance.now()))
  }
  return (await Promise.all(all)).sort((a, b) => a - b)
}

/** Of sorted milliseconds. */
export const percentile = (sorted: readonly number[], share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]!
export const shownTimes = (sorted: readonly number[]): string =>
  `p50 ${percentile(sorted, 0.5).toFixed(1)} p99 ${percentile(sorted, 0.99).toFixed(1)} ms`
