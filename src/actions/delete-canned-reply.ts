import { demand } from '../demand.ts'
import type { Deps } from '../deps.ts'
import type { Caller } from '../domain/caller.ts'
import { Problem } from '../errors.ts'
import { recordAudit } from '../store/audit.ts'
import { lockCannedReply, deleteCannedReply as remove } from '../store/canned-replies.ts'
import { changeAccount } from '../store/change-account.ts'

/** Deletes a canned reply; what was sent with it stays. @throws Problem `forbidden`, `not-found` */
export async function deleteCannedReply(
  deps: Deps,
  caller: Caller,
  accountId: string,
  cannedReplyId: string,
): Promise<void> {
  demand(caller, 'canned-replies.change')
  await changeAccount(deps, caller, accountId, async (tx) => {
    const before = await lockCannedReply(tx, accountId, cannedReplyId)
    if (before === null) throw new Problem('not-found')
    await remove(tx, accountId, cannedReplyId)
    await recordAudit(tx, accountId, caller, {
      action: 'canned-reply.delete',
      subject: cannedReplyId,
      before,
      after: null,
    })
  })
}
