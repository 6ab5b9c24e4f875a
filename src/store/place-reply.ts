import type { ReplyRoute } from '../domain/lookback.ts'
import type { Sender } from '../domain/sender.ts'
import { noteInbound, openConversation, phoneOfCall, recordAnswer } from './conversations.ts'
import type { DbOrTx } from './db.ts'
import { recordScore } from './surveys.ts'
import { recordStep } from './transactions.ts'

/** Where a consumer's message went: both null when it was only kept. */
export interface ReplyPlace {
  readonly conversationId: string | null
  /** The call that it is the first answer to. */
  readonly callId: string | null
  /** What it does in a queue; null: it does not wait there. */
  readonly arrival: { readonly skillId: string; readonly opened: boolean } | null
}

/**
 * Finds or opens the conversation that the route names, under `lockConsumer`, and tells the call that it was answered.
 * @returns `changed` when the conversation was closed, or another opened, since the route was decided: decide again.
 */
export async function placeReply(
  tx: DbOrTx,
  sender: Sender,
  route: ReplyRoute,
  address: string,
  at: Date,
): Promise<ReplyPlace | 'changed'> {
  const { accountId, senderId, channel } = sender
  if (route.kind === 'none') return { conversationId: null, callId: null, arrival: null }
  if (route.kind === 'score') {
    await recordScore(tx, accountId, { ...route, at })
    return { conversationId: route.conversationId, callId: null, arrival: null }
  }
  const callId = route.kind === 'append' ? route.answers : route.kind === 'answer' ? route.callId : null
  let conversationId: string | null
  let arrival: ReplyPlace['arrival'] = null
  if (route.kind === 'append') {
    const place = await noteInbound(tx, accountId, route.conversationId, at)
    if (place === null) return 'changed'
    if (place.state === 'queued') arrival = { skillId: place.skillId, opened: false }
    conversationId = route.conversationId
  } else {
    // In-app, and behind a WhatsApp user id, only the call knows the number.
    const isPhone = channel !== 'inapp' && address.startsWith('+')
    const consumerPhone = isPhone ? address : callId === null ? null : await phoneOfCall(tx, accountId, callId)
    const conversation = { senderId, channel, address, consumerPhone, skillId: route.skillId, callId, at }
    conversationId = await openConversation(tx, accountId, conversation)
    if (conversationId === null) return 'changed'
    arrival = { skillId: route.skillId, opened: true }
  }
  if (callId !== null) {
    const opened = route.kind === 'answer'
    await recordAnswer(tx, accountId, callId, { conversationId, opened, at })
    await recordStep(tx, accountId, callId, 'replied', { channel, at })
    if (opened) await recordStep(tx, accountId, callId, 'conversation-created', { channel, at })
  }
  return { conversationId, callId, arrival }
}
