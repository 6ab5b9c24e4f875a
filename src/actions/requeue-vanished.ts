import type { Deps } from '../deps.ts'
import { queueConversation } from '../store/conversation-work.ts'
import { atomic } from '../store/db.ts'
import { holdConversation } from '../store/hold-conversation.ts'
import { ownersGone } from '../store/offers.ts'
import { expirePresence, lockAgent, vanishedAgents } from '../store/presences.ts'

/** Of one kind in one sweep: the next comes seconds later. */
const most = 500

/**
 * Takes back what nobody holds any more: agents who gave no sign of life for a minute are offline, and the conversations of
 * those who are offline wait in their queues again, for the same agent first. Each is looked at again under its locks, so
 * an agent who came back meanwhile keeps theirs, and several processes may do this at once.
 * @param accountId null: of all brands.
 * @param missing whether agents are missed as well: by whoever knows that their signs of life could have come.
 */
export async function requeueVanished(deps: Deps, accountId: string | null, missing = true): Promise<void> {
  const { db } = deps
  for (const agent of missing ? await vanishedAgents(db, most) : []) {
    if (await atomic(db, (tx) => expirePresence(tx, agent)))
      deps.log.warn({ accountId: agent.accountId, userId: agent.userId }, 'an agent has vanished')
  }
  for (const { accountId: brand, conversationId } of await ownersGone(db, accountId, most)) {
    const account = await deps.accounts.get(brand)
    await atomic(db, async (tx) => {
      const conversation = await holdConversation(tx, brand, conversationId)
      if (conversation?.ownerId == null) return
      const owner = await lockAgent(tx, brand, conversation.ownerId, null)
      if (owner !== null && owner.presence !== 'offline') return
      const { skillId, ownerId } = conversation
      const priority = account?.skills.get(skillId)?.priority ?? 0
      const why = { returnedFor: 'vanished', preferredAgent: ownerId, userId: null } as const
      await queueConversation(tx, brand, conversation, { skillId, priority, ...why })
    })
  }
}
