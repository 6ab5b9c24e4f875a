import type { Deps } from '../deps.ts'
import type { SystemCaller } from '../domain/caller.ts'
import { isOpen } from '../domain/opening-hours.ts'
import { planOffers, refusalToReceive } from '../domain/routing.ts'
import { endOffer } from '../store/conversation-work.ts'
import { atomic } from '../store/db.ts'
import { holdConversation } from '../store/hold-conversation.ts'
import { makeOffer, offersOver, waitingForOffer } from '../store/offers.ts'
import { agentsOnline, lockAgent } from '../store/presences.ts'

/** Conversations of one skill looked at in one go: more than its team has places free at once; who comes further back waits anyway. */
const most = 200

/**
 * Passes on the offers that are over and offers what waits to whom it is due, within opening hours. The plan is made on
 * what everybody can see; each offer is then made under the locks of its conversation and its agent, if it still holds.
 */
export async function offerConversations(deps: Deps, { accountId }: SystemCaller): Promise<void> {
  const { db } = deps
  for (const { conversationId } of await offersOver(db, accountId, most))
    await atomic(db, async (tx) => {
      const conversation = await holdConversation(tx, accountId, conversationId)
      if (conversation?.offeredTo == null) return
      const agent = await lockAgent(tx, accountId, conversation.offeredTo, null)
      if (conversation.offerStands && agent?.presence === 'online') return
      await endOffer(tx, accountId, conversation, conversation.offerStands ? 'withdrawn' : 'expired')
    })

  const account = await deps.accounts.get(accountId)
  if (account === null) return
  const now = deps.clock.now()
  const open = [...account.skills.values()].filter((skill) => skill.enabled && isOpen(skill.hours, now))
  const agents = await agentsOnline(db, accountId)
  const able = agents.filter((agent) => refusalToReceive(agent, 'given') === null)
  const held = new Set(able.flatMap((agent) => agent.skillIds))
  const skillIds = open.map((skill) => skill.skillId).filter((id) => held.has(id))
  if (skillIds.length === 0) return
  const agentIds = able.map((agent) => agent.userId)
  const waiting = await waitingForOffer(db, accountId, { skillIds, agentIds }, most)
  for (const { conversationId, userId } of planOffers(waiting, agents, now))
    await atomic(db, async (tx) => {
      const conversation = await holdConversation(tx, accountId, conversationId)
      if (conversation?.state !== 'queued' || conversation.offeredTo !== null) return
      const agent = await lockAgent(tx, accountId, userId, conversationId)
      if (refusalToReceive(agent, 'given') !== null || !agent?.skillIds.includes(conversation.skillId)) return
      const seconds = account.skills.get(conversation.skillId)?.offerSeconds
      if (seconds !== undefined) await makeOffer(tx, accountId, conversation, { userId, seconds })
    })
}
