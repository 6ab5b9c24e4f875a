import { demand } from '../demand.ts'
import type { Deps } from '../deps.ts'
import type { UserCaller } from '../domain/caller.ts'
import { may } from '../domain/policy.ts'
import { shownTo } from '../domain/shown-conversation.ts'
import { Problem } from '../errors.ts'
import { viewQueue } from '../store/conversation-views.ts'
import { skillsHeld } from '../store/conversation-work.ts'

/** A page shows the head of the queue; who comes further back is counted. */
const mostShown = 100

/**
 * What waits, by priority and then longest first, with counts for each skill: the skills the user holds, or all for those who oversee.
 * @param skill name or id of one skill; null: all of them.
 * @throws Problem `not-found` for a skill that the user does not hold or that does not exist.
 */
export async function listQueue(deps: Deps, caller: UserCaller, skill: string | null) {
  demand(caller, 'workspace.read')
  const { accountId, userId } = caller
  const held = may(caller, 'workspace.read-all') ? null : await skillsHeld(deps.db, accountId, userId)
  if (skill === null) return show(await viewQueue(deps.db, accountId, held, mostShown))
  const account = await deps.accounts.get(accountId)
  const named = account?.skillsByName.get(skill) ?? account?.skills.get(skill)
  if (named === undefined || held?.includes(named.skillId) === false) throw new Problem('not-found')
  return show(await viewQueue(deps.db, accountId, [named.skillId], mostShown))

  function show(queue: Awaited<ReturnType<typeof viewQueue>>) {
    return { ...queue, conversations: queue.conversations.map((conversation) => shownTo(caller, conversation)) }
  }
}
