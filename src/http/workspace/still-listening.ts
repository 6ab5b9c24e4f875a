import type { Deps } from '../../deps.ts'
import { callersOfSessions } from '../../store/sessions.ts'
import { problemOf } from '../problems.ts'
import { type Listener, restart, write } from './listener.ts'

/**
 * Asks of each listener whether they may still listen, in one question: one each, of 200 people at once, held every event of
 * that moment up for 40 ms. Who may not is told so and heard no more; who has another role begins again.
 * @returns those who go on.
 */
export async function stillListening(deps: Deps, listeners: readonly Listener[]): Promise<readonly Listener[]> {
  const tokens = listeners.map(({ sessionToken }) => sessionToken)
  const known = await callersOfSessions(deps.db, tokens).catch((error: unknown) => {
    // When the database is away the stream has nothing to tell, and the page nothing to gain from coming back.
    if (problemOf(error).problem.code === 'unavailable') return 'away'
    deps.log.error({ err: error }, 'it could not be asked who still listens')
    return 'unknown'
  })
  if (known === 'away') return listeners
  return listeners.filter((listener) => {
    // The page comes back at once, and the door asks who it is.
    if (known === 'unknown') return end(listener)
    const now = known.get(listener.sessionToken)
    if (now?.userId !== listener.caller.userId) {
      write(listener, 'event: signed-out\ndata: {}\n\n')
      return end(listener)
    }
    if (now.role === listener.caller.role) return true
    restart(listener)
    return false
  })
}

/** Keeps the line of everybody who may still listen. That it takes the words is no sign that anybody is there: `giveSignOfLife`. */
export async function beat(deps: Deps, listeners: readonly Listener[]): Promise<void> {
  const there = await stillListening(deps, listeners)
  // The number moves on also for those whom nothing concerned.
  for (const listener of there) write(listener, `: still here\nid: ${listener.cursor}\n\n`)
}

function end({ stream }: Listener): false {
  stream.end()
  return false
}
