import type { Deps } from '../deps.ts'
import { failingSchedules } from '../store/failing-schedules.ts'

/** Tells the operator how many schedules, of all brands, do not bring their file. */
export async function watchExports({ db, metrics }: Deps): Promise<void> {
  metrics.failingSchedules.set((await failingSchedules(db, null)).length)
}
