import { randomUUID } from 'node:crypto'
import { demand } from '../demand.ts'
import type { Deps } from '../deps.ts'
import type { Caller } from '../domain/caller.ts'
import { type CannedReply, type CannedReplyDraft, checkCannedReply } from '../domain/canned-reply.ts'
import { Problem } from '../errors.ts'
import { recordAudit } from '../store/audit.ts'
import { lockCannedReply, putCannedReply } from '../store/canned-replies.ts'
import { changeAccount } from '../store/change-account.ts'

const blank: CannedReplyDraft = { title: '', shortcut: '', text: '', skillId: null, language: null }

/**
 * Adds a canned reply (`cannedReplyId` null: one is made) or changes the parts given.
 * @throws Problem `forbidden`, `not-found`, `invalid-request` with a sentence for each fault; NameTaken
 */
export async function saveCannedReply(
  deps: Deps,
  caller: Caller,
  accountId: string,
  cannedReplyId: string | null,
  change: Partial<CannedReplyDraft>,
): Promise<CannedReply> {
  demand(caller, 'canned-replies.change')
  return changeAccount(deps, caller, accountId, async (tx, config) => {
    const before = cannedReplyId === null ? null : await lockCannedReply(tx, accountId, cannedReplyId)
    if (cannedReplyId !== null && before === null) throw new Problem('not-found')
    const after = { ...(before ?? blank), ...change, cannedReplyId: cannedReplyId ?? randomUUID() }
    const faults = checkCannedReply(after, new Set(config.skills.keys()))
    if (faults.length > 0) throw new Problem('invalid-request', { details: faults })
    await putCannedReply(tx, accountId, after)
    const action = before === null ? 'canned-reply.create' : 'canned-reply.change'
    await recordAudit(tx, accountId, caller, { action, subject: after.cannedReplyId, before, after })
    return after
  })
}
