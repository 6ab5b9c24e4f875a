import { demand } from '../demand.ts'
import type { Deps } from '../deps.ts'
import type { UserCaller } from '../domain/caller.ts'
import { mayRead } from '../domain/conversation-acts.ts'
import { typingSeconds } from '../domain/device.ts'
import { windowFacts } from '../domain/message-window.ts'
import { actAnswers, outlineOf, shownTo } from '../domain/shown-conversation.ts'
import { Problem } from '../errors.ts'
import { lastInvites, listMessages } from '../store/conversation-messages.ts'
import { callBehind, previousConversations, viewConversation } from '../store/conversation-views.ts'
import { skillsHeld } from '../store/conversation-work.ts'
import { consumerTypes } from '../store/inapp-inbox.ts'

/** Messages of one page; a conversation seldom has more. */
const messagesShown = 200

/**
 * A conversation with everything its agent needs: messages, what the call knew, the last invites, earlier conversations,
 * and what the person may do with it.
 * @throws Problem `not-found`, also when it is not the caller's to read.
 */
export async function readConversation(deps: Deps, caller: UserCaller, conversationId: string) {
  demand(caller, 'workspace.read')
  const { db } = deps
  const { accountId, userId } = caller
  const [held, conversation] = await Promise.all([
    skillsHeld(db, accountId, userId),
    viewConversation(db, accountId, conversationId),
  ])
  if (conversation === null || !mayRead(caller, held, conversation)) throw new Problem('not-found')
  const { address, consumerPhone, callId, channel, sender, lastInboundAt } = conversation
  const window = windowFacts(deps.connectors.get(sender.connector)?.limits, lastInboundAt, deps.clock.now())
  const addresses = consumerPhone === null ? [address] : [address, consumerPhone]
  const [page, call, invites, previous, consumerTyping] = await Promise.all([
    listMessages(db, accountId, conversationId, { before: null, limit: messagesShown }),
    callId === null ? null : callBehind(db, accountId, callId),
    lastInvites(db, accountId, addresses),
    previousConversations(db, accountId, conversation),
    channel === 'inapp' && consumerTypes(db, { accountId, consumerId: address }, typingSeconds),
  ])
  return {
    conversation: shownTo(caller, conversation),
    messages: page.messages,
    earlierMessages: page.earlier,
    consumerTyping,
    call,
    lastInvites: invites,
    previousConversations: previous.map((one) => {
      const readable = mayRead(caller, held, one)
      const shown = shownTo(caller, one)
      return { ...(readable ? shown : outlineOf(shown)), readable }
    }),
    ...window,
    acts: actAnswers(caller, held, { ...conversation, ...window }),
  }
}
