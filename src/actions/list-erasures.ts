import { type Erasure, findErasure, listErasures as list } from '../data-rights/erasures.ts'
import { demand } from '../demand.ts'
import type { Deps } from '../deps.ts'
import type { CredentialCaller, UserCaller } from '../domain/caller.ts'
import { Problem } from '../errors.ts'

/** The newest erasures, at most `limit`, with how far each has come. @throws Problem `forbidden` */
export async function listErasures(
  deps: Deps,
  caller: UserCaller | CredentialCaller,
  limit: number,
): Promise<readonly Erasure[]> {
  demand(caller, 'consumers.erase')
  return list(deps.db, caller.accountId, limit)
}

/** One of them. @throws Problem `forbidden`, `not-found` */
export async function readErasure(
  deps: Deps,
  caller: UserCaller | CredentialCaller,
  erasureId: string,
): Promise<Erasure> {
  demand(caller, 'consumers.erase')
  const erasure = await findErasure(deps.db, caller.accountId, erasureId)
  if (erasure === null) throw new Problem('not-found')
  return erasure
}
