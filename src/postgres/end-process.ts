import { setTimeout as sleep } from 'node:timers/promises'
import { isAlive, type ProcessIdentity } from './process-identity.ts'

/** How long each kind of shutdown may take before the next, harsher one, in milliseconds. */
export interface Patience {
  readonly fast: number
  readonly immediate: number
  readonly kill: number
}

export const PATIENCE: Patience = { fast: 20_000, immediate: 5_000, kill: 5_000 }

/**
 * Ends a postmaster that the caller has verified: fast shutdown (a checkpoint, so that the next start needs no
 * recovery), then immediate, then SIGKILL; no committed row is lost in any of them. The identity is checked before every
 * signal, so a process that got the id later is never signalled. Resolves with the way it ended.
 */
export async function endProcess(
  postmaster: ProcessIdentity,
  patience: Patience = PATIENCE,
): Promise<'gone' | 'fast' | 'immediate' | 'kill' | 'stuck'> {
  if (!isAlive(postmaster)) return 'gone'
  const steps = [
    ['fast', 'SIGINT'],
    ['immediate', 'SIGQUIT'],
    ['kill', 'SIGKILL'],
  ] as const
  for (const [step, signal] of steps) {
    signalIfAlive(postmaster, signal)
    const deadline = performance.now() + patience[step]
    while (performance.now() < deadline) {
      if (!isAlive(postmaster)) return step
      await sleep(20)
    }
  }
  return 'stuck'
}

function signalIfAlive(postmaster: ProcessIdentity, signal: NodeJS.Signals): void {
  try {
    if (isAlive(postmaster)) process.kill(postmaster.pid, signal)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}
