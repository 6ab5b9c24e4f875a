import type { UserCaller } from './caller.ts'
import { may } from './policy.ts'

/** What decides whose page shows a conversation. */
export interface Sight {
  readonly state: 'queued' | 'assigned' | 'closed'
  readonly skillId: string
  readonly ownerId: string | null
  /** Who took it last; stays after closing. */
  readonly handledBy: string | null
  readonly offeredTo: string | null
  /** Who reads along. */
  readonly joined: readonly string[]
}

/** A person with a page open, and the skills they hold. */
export interface Viewer {
  readonly caller: UserCaller
  readonly held: readonly string[]
}

/**
 * Whether a conversation stands on this person's page: their own, what waits in their skills' queues or is offered to them,
 * what they joined, and what they had and is closed; for those who oversee, everything. Narrower than `mayRead`: a
 * colleague's conversation of the same skill can be opened, but is not followed.
 */
export function inSight({ caller, held }: Viewer, sight: Sight): boolean {
  if (may(caller, 'workspace.read-all')) return true
  if (!may(caller, 'workspace.read')) return false
  const { userId } = caller
  switch (sight.state) {
    case 'queued':
      return held.includes(sight.skillId) || sight.offeredTo === userId || sight.joined.includes(userId)
    case 'assigned':
      return sight.ownerId === userId || sight.joined.includes(userId)
    case 'closed':
      return sight.handledBy === userId
  }
}
