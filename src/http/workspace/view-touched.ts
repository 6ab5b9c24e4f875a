import { type ConversationMessage, viewMessages } from '../../store/conversation-messages.ts'
import { type ConversationView, viewConversations } from '../../store/conversation-views.ts'
import type { DbOrTx } from '../../store/db.ts'
import type { Touch } from '../../store/touched.ts'

/** What was read of things that events are about, not earlier than those events. */
export interface Seen {
  readonly conversations: readonly ConversationView[]
  readonly messages: readonly ConversationMessage[]
  /** Whether the conversation or message of this id was looked for. */
  has(id: string): boolean
}

export const nothingSeen: Seen = { conversations: [], messages: [], has: () => false }

/** Views what was touched, beside the reading of its events: given behind it on one connection, it sees what they are about. */
export async function viewTouched(db: DbOrTx, accountId: string, touched: readonly Touch[]): Promise<Seen> {
  if (touched.length === 0) return nothingSeen
  const conversationIds = new Set(touched.flatMap(({ conversationId }) => conversationId ?? []))
  const messageIds = new Set(touched.flatMap(({ kind, subjectId }) => (kind === 'message' ? subjectId! : [])))
  const [conversations, messages] = await Promise.all([
    viewConversations(db, accountId, [...conversationIds]),
    viewMessages(db, accountId, [...messageIds]),
  ])
  return { conversations, messages, has: (id) => conversationIds.has(id) || messageIds.has(id) }
}
