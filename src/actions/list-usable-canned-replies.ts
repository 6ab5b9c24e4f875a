import { demand } from '../demand.ts'
import type { Deps } from '../deps.ts'
import type { UserCaller } from '../domain/caller.ts'
import type { CannedReply } from '../domain/canned-reply.ts'
import { may } from '../domain/policy.ts'
import { listCannedReplies } from '../store/canned-replies.ts'
import { skillsHeld } from '../store/conversation-work.ts'

/** The canned replies of a person's skills and those of none; of every skill for those who oversee. @throws Problem `forbidden` */
export async function listUsableCannedReplies(deps: Deps, caller: UserCaller): Promise<readonly CannedReply[]> {
  demand(caller, 'workspace.read')
  const { accountId, userId } = caller
  const held = may(caller, 'workspace.read-all') ? null : await skillsHeld(deps.db, accountId, userId)
  return listCannedReplies(deps.db, accountId, held)
}
