import { setTimeout as sleep } from 'node:timers/promises'
import { isAlive, type ProcessIdentity, postgresProcessesIn } from './process-identity.ts'

/** How long backends get after SIGQUIT, as PostgreSQL's own postmaster gives them (5 s), in milliseconds. */
const QUIT_MS = 5_000

/**
 * Ends what a killed postmaster left behind: a backend busy with a query does not see that its postmaster is gone and
 * holds the shared memory, so no new one can start. It does what the postmaster would have done, SIGQUIT and then
 * SIGKILL; nothing committed is in that memory alone. Call it only while this process owns the data folder and no
 * postmaster lives. Where the system hides whose backends they are, it only waits a moment.
 */
export async function endOrphanBackends(dataFolder: string, patience = QUIT_MS): Promise<void> {
  const orphans = postgresProcessesIn(dataFolder)
  signalAll(orphans, 'SIGQUIT')
  const deadline = performance.now() + patience
  while (orphans.some(isAlive) && performance.now() < deadline) await sleep(20)
  signalAll(orphans, 'SIGKILL')
  await sleep(200)
}

function signalAll(processes: readonly ProcessIdentity[], signal: NodeJS.Signals): void {
  for (const process_ of processes.filter(isAlive)) {
    try {
      process.kill(process_.pid, signal)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
    }
  }
}
