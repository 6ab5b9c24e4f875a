import { randomBytes, randomUUID } from 'node:crypto'
import type { DbOrTx } from './db.ts'

/** A file of an agent before it is sent, or after. */
export interface AgentFile {
  readonly fileId: string
  /** Stands in its public address: unguessable. */
  readonly token: string
  readonly contentType: string
  readonly fileName: string
}

export async function insertFile(
  tx: DbOrTx,
  accountId: string,
  file: {
    readonly conversationId: string
    readonly authorId: string
    readonly contentType: string
    readonly fileName: string
    readonly bytes: Buffer
  },
): Promise<AgentFile> {
  const fileId = randomUUID()
  const token = randomBytes(32).toString('base64url')
  const { conversationId, authorId, contentType, fileName, bytes } = file
  await tx`
    insert into files (account_id, file_id, conversation_id, author_id, token, content_type, file_name, bytes)
    values (${accountId}, ${fileId}, ${conversationId}, ${authorId}, ${token}, ${contentType}, ${fileName}, ${bytes})`
  return { fileId, token, contentType, fileName }
}

/** How many files of a conversation are uploaded and not sent. */
export async function countUnsentFiles(db: DbOrTx, accountId: string, conversationId: string): Promise<number> {
  const [row] = await db<{ count: number }[]>`
    select count(*)::int from files
    where account_id = ${accountId} and conversation_id = ${conversationId} and message_id is null`
  return row!.count
}

/** A file that its author has uploaded for this conversation and not sent yet, locked; null: there is none such. */
export async function lockUnsentFile(
  tx: DbOrTx,
  accountId: string,
  wanted: { readonly fileId: string; readonly conversationId: string; readonly authorId: string },
): Promise<AgentFile | null> {
  const [row] = await tx<AgentFile[]>`
    select file_id as "fileId", token, content_type as "contentType", file_name as "fileName" from files
    where account_id = ${accountId} and file_id = ${wanted.fileId} and conversation_id = ${wanted.conversationId}
      and author_id = ${wanted.authorId} and message_id is null
    for update`
  return row ?? null
}

/** Notes with which message a file goes; it is kept as long as the message. */
export async function sendFile(tx: DbOrTx, accountId: string, fileId: string, messageId: string): Promise<void> {
  await tx`update files set message_id = ${messageId} where account_id = ${accountId} and file_id = ${fileId}`
}

/** A file by the token in its address; null: there is none such, or not in this account. */
export async function readFileByToken(
  db: DbOrTx,
  accountId: string,
  token: string,
): Promise<{ contentType: string; fileName: string; bytes: Buffer } | null> {
  const [row] = await db<{ contentType: string; fileName: string; bytes: Buffer }[]>`
    select content_type as "contentType", file_name as "fileName", bytes from files
    where account_id = ${accountId} and token = ${token}`
  return row ?? null
}

/** Removes what was uploaded and never sent, over all brands. */
export async function deleteUnsentFiles(db: DbOrTx, olderThanHours: number): Promise<void> {
  await db`
    delete from files where message_id is null and created_at < now() - make_interval(hours => ${olderThanHours})`
}
