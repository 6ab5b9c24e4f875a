import type { Deps } from '../deps.ts'
import { noTexts, wordsOf } from '../domain/auto-text.ts'
import { windowFacts } from '../domain/message-window.ts'
import { isOpen } from '../domain/opening-hours.ts'
import { senderWorks } from '../domain/sender.ts'
import { tellAutomatically, waitingUntold } from '../store/auto-texts.ts'
import { atomic } from '../store/db.ts'
import { holdConversation } from '../store/hold-conversation.ts'

/** In one sweep: the next comes seconds later. */
const most = 500
/** Later than that somebody has come, or it has become a lie. */
const worthSendingForMs = 600_000

/** Tells those who have waited in a queue for so many minutes, once in a conversation, that they are not forgotten. Out of hours they have been told otherwise. */
export async function tellWaiting(deps: Deps): Promise<void> {
  const now = deps.clock.now()
  for (const { accountId, conversationId } of await waitingUntold(deps.db, most)) {
    const account = await deps.accounts.get(accountId)
    await atomic(deps.db, async (tx) => {
      const conversation = await holdConversation(tx, accountId, conversationId)
      if (account === null || conversation?.state !== 'queued') return
      const { senderId, channel, address, skillId, lastInboundAt } = conversation
      const skill = account.skills.get(skillId)
      const sender = account.senders.get(senderId)
      if (skill === undefined || !isOpen(skill.hours, now) || sender === undefined || !senderWorks(sender)) return
      const limits = deps.connectors.get(sender.connector)?.limits
      const body = wordsOf('waiting', skill.texts, account.settings?.texts ?? noTexts)
      if (body === null || windowFacts(limits, lastInboundAt, now).windowClosed) return
      await tellAutomatically(tx, accountId, {
        ...{ conversationId, senderId, channel, address, kind: 'waiting', body },
        title: channel === 'inapp' ? account.title : null,
        expiresAt: new Date(now.getTime() + worthSendingForMs),
      })
    })
  }
}
