import type { Deps } from '../deps.ts'
import type { AccountConfig } from '../domain/account.ts'
import { noTexts, wordsOf } from '../domain/auto-text.ts'
import { windowFacts } from '../domain/message-window.ts'
import { isOpen } from '../domain/opening-hours.ts'
import { senderWorks } from '../domain/sender.ts'
import {
  lastTold,
  tellAutomatically,
  type UntoldConversation,
  type WaitingPlace,
  waitingUntold,
} from '../store/auto-texts.ts'
import { atomic } from '../store/db.ts'
import { holdConversation } from '../store/hold-conversation.ts'

/** Looked at in one go. */
const page = 500
/** Later than that somebody has come, or it has become a lie. */
const worthSendingForMs = 600_000

/**
 * Tells those who have waited in a queue for so many minutes, once in a conversation, that they are not forgotten. Out of
 * hours they have been told otherwise. Whoever cannot be told now holds up nobody behind them.
 */
export async function tellWaiting(deps: Deps): Promise<void> {
  let after: WaitingPlace | null = null
  for (;;) {
    const waiting: readonly UntoldConversation[] = await waitingUntold(deps.db, after, page)
    for (const one of waiting) await tellOne(deps, one)
    if (waiting.length < page) return
    after = waiting.at(-1)!
  }
}

async function tellOne(deps: Deps, { accountId, conversationId, skillId, senderId }: UntoldConversation) {
  const now = deps.clock.now()
  const account = await deps.accounts.get(accountId)
  // Before anything is locked: out of hours this is so for everybody who waits.
  if (account === null || wordsNow(account, skillId, senderId, now) === null) return
  await atomic(deps.db, async (tx) => {
    const conversation = await holdConversation(tx, accountId, conversationId)
    if (conversation?.state !== 'queued') return
    // Another worker may have told it while this one waited for the lock.
    if ((await lastTold(tx, accountId, conversationId, 'waiting')) !== null) return
    const { channel, address, lastInboundAt } = conversation
    const said = wordsNow(account, conversation.skillId, conversation.senderId, now)
    if (said === null) return
    if (windowFacts(deps.connectors.get(said.connector)?.limits, lastInboundAt, now).windowClosed) return
    await tellAutomatically(tx, accountId, {
      ...{ conversationId, senderId: conversation.senderId, channel, address, kind: 'waiting', body: said.body },
      title: channel === 'inapp' ? account.title : null,
      expiresAt: new Date(now.getTime() + worthSendingForMs),
    })
  })
}

/** The words for those who wait for a skill, and the connector that carries them; null: nothing can be said now. */
function wordsNow(account: AccountConfig, skillId: string, senderId: string, now: Date) {
  const skill = account.skills.get(skillId)
  const sender = account.senders.get(senderId)
  if (skill === undefined || !isOpen(skill.hours, now) || sender === undefined || !senderWorks(sender)) return null
  const body = wordsOf('waiting', skill.texts, account.settings?.texts ?? noTexts)
  return body === null ? null : { body, connector: sender.connector }
}
