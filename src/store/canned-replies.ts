import type { CannedReply } from '../domain/canned-reply.ts'
import type { DbOrTx } from './db.ts'

/** A brand's canned replies by title. @param skillIds of these skills and of none in particular; null: all. */
export async function listCannedReplies(
  db: DbOrTx,
  accountId: string,
  skillIds: readonly string[] | null,
): Promise<readonly CannedReply[]> {
  const ids = skillIds === null ? null : [...skillIds]
  return db<CannedReply[]>`
    select ${columns(db)} from canned_replies
    where account_id = ${accountId} and (${ids}::uuid[] is null or skill_id is null or skill_id = any(${ids}::uuid[]))
    order by lower(title), canned_reply_id`
}

/** One of them, locked until the tx ends; null: there is none such. */
export async function lockCannedReply(
  tx: DbOrTx,
  accountId: string,
  cannedReplyId: string,
): Promise<CannedReply | null> {
  const [row] = await tx<CannedReply[]>`
    select ${columns(tx)} from canned_replies
    where account_id = ${accountId} and canned_reply_id = ${cannedReplyId} for update`
  return row ?? null
}

/** Adds it, or stores it as it now is. */
export async function putCannedReply(tx: DbOrTx, accountId: string, reply: CannedReply): Promise<void> {
  const { cannedReplyId, title, shortcut, text, skillId, language } = reply
  await tx`
    insert into canned_replies (account_id, canned_reply_id, title, shortcut, body, skill_id, language)
    values (${accountId}, ${cannedReplyId}, ${title}, ${shortcut}, ${text}, ${skillId}, ${language})
    on conflict (account_id, canned_reply_id) do update set title = excluded.title, shortcut = excluded.shortcut,
      body = excluded.body, skill_id = excluded.skill_id, language = excluded.language, updated_at = now()`
}

export async function deleteCannedReply(tx: DbOrTx, accountId: string, cannedReplyId: string): Promise<void> {
  await tx`delete from canned_replies where account_id = ${accountId} and canned_reply_id = ${cannedReplyId}`
}

const columns = (db: DbOrTx) => db`
  canned_reply_id as "cannedReplyId", title, shortcut, body as text, skill_id as "skillId", language`
