import { demand } from '../demand.ts'
import type { Deps } from '../deps.ts'
import type { UserCaller } from '../domain/caller.ts'
import { mayRead } from '../domain/conversation-acts.ts'
import { isStorable } from '../domain/outside-data.ts'
import { Problem } from '../errors.ts'
import { skillsHeld } from '../store/conversation-work.ts'
import { atomic } from '../store/db.ts'
import { holdConversation } from '../store/hold-conversation.ts'
import { findNote, insertNote } from '../store/notes.ts'

/**
 * Writes a note for colleagues among the messages of a conversation, open or closed. It is no message, and nothing sends it.
 * @returns the note's id; for a `clientId` that came before: that note's.
 * @throws Problem `forbidden`, `not-found`, `invalid-request` for an empty text, `conflict` when the clientId was another's
 */
export async function writeNote(
  deps: Deps,
  caller: UserCaller,
  conversationId: string,
  input: { readonly text: string; readonly clientId: string },
): Promise<{ noteId: string }> {
  demand(caller, 'conversations.note')
  const { accountId, userId } = caller
  const text = input.text.trim()
  if (text === '' || !isStorable(text) || !isStorable(input.clientId))
    throw new Problem('invalid-request', { details: ['The note is empty, or holds characters that cannot be kept.'] })
  return atomic(deps.db, async (tx) => {
    const held = await skillsHeld(tx, accountId, userId)
    const conversation = await holdConversation(tx, accountId, conversationId)
    if (conversation === null || !mayRead(caller, held, conversation)) throw new Problem('not-found')
    const { clientId } = input
    const before = await findNote(tx, accountId, conversationId, clientId)
    if (before === null) return insertNote(tx, accountId, { conversationId, authorId: userId, text, clientId })
    if (before.authorId !== userId || before.text !== text) throw new Problem('conflict')
    return { noteId: before.noteId }
  })
}
