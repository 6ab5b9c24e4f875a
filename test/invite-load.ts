import { setTimeout as pause } from 'node:timers/promises'
import type { CrashStage } from './crash-stage.ts'
import type { ServerProcess } from './server-process.ts'

export interface InviteLoad {
  /** How many calls were begun so far. */
  begun(): number
  /** Calls begun after the `before`-th whose invite got a 200. */
  acknowledgedSince(before: number): number
  /** Begins no more and waits for those under way. */
  stop(): Promise<void>
}

/** An invite whose answer is lost, or is no answer to the question, is asked for again this often, as an IVR would. */
const repetitions = 3

/**
 * IVRs that go on asking, call after call, whatever becomes of the server: eligibility, then the invite, which is repeated
 * while the caller hears nothing clear.
 * @param options.at how many callers at once.
 */
export function inviteLoad(
  stage: CrashStage,
  server: () => ServerProcess,
  options: { at: number; pauseMs?: number },
): InviteLoad {
  let going = true
  let begun = 0
  const acknowledged: number[] = []

  const oneCall = async (): Promise<void> => {
    begun += 1
    const number = begun
    const call = await stage.call(server())
    for (let time = 0; time <= repetitions && going; time += 1) {
      const answer = await stage.invite(server(), call)
      if (answer?.status === 200) {
        acknowledged.push(number)
        return
      }
      await pause(100)
    }
  }
  const caller = async (): Promise<void> => {
    while (going) {
      // A server that is away cannot even be asked: nobody is promised anything, and the next call comes.
      await oneCall().catch(() => pause(50))
      await pause(options.pauseMs ?? 20)
    }
  }
  const callers = Array.from({ length: options.at }, caller)

  return {
    begun: () => begun,
    acknowledgedSince: (before) => acknowledged.filter((number) => number > before).length,
    async stop() {
      going = false
      await Promise.all(callers)
    },
  }
}
