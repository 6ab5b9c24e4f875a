import { randomUUID } from 'node:crypto'
import type { DbOrTx, Tx } from './db.ts'
import { touchMessage } from './touched.ts'

/** Adds a note, which stands among the messages of a conversation and is never sent. */
export async function insertNote(
  tx: Tx,
  accountId: string,
  note: {
    readonly conversationId: string
    readonly authorId: string
    readonly text: string
    /** The page's own id of it; the same one in the same conversation is stored once. */
    readonly clientId: string | null
  },
): Promise<{ noteId: string }> {
  const noteId = randomUUID()
  await tx`
    insert into notes (account_id, note_id, conversation_id, author_id, body, client_id)
    values (${accountId}, ${noteId}, ${note.conversationId}, ${note.authorId}, ${note.text}, ${note.clientId})`
  touchMessage(tx, accountId, noteId, note.conversationId)
  return { noteId }
}

/** The note that a page wrote under this id of its own, if it arrived. */
export async function findNote(
  db: DbOrTx,
  accountId: string,
  conversationId: string,
  clientId: string,
): Promise<{ noteId: string; authorId: string; text: string } | null> {
  const [row] = await db<{ noteId: string; authorId: string; text: string }[]>`
    select note_id as "noteId", author_id as "authorId", body as text from notes
    where account_id = ${accountId} and conversation_id = ${conversationId} and client_id = ${clientId}`
  return row ?? null
}
