import { requestErasure as request } from '../data-rights/erasures.ts'
import { findPerson, patiently } from '../data-rights/person.ts'
import { demand } from '../demand.ts'
import type { Deps } from '../deps.ts'
import type { CredentialCaller, UserCaller } from '../domain/caller.ts'
import type { NamedPerson } from '../domain/named-person.ts'
import { recordAudit } from '../store/audit.ts'
import { atomic } from '../store/db.ts'

/**
 * Has a person erased: durable when this returns, done within moments by a worker. Asked for twice, it is one erasure.
 * @throws Problem `forbidden`
 */
export async function requestErasure(
  deps: Deps,
  caller: UserCaller | CredentialCaller,
  person: NamedPerson,
): Promise<{ erasureId: string }> {
  demand(caller, 'consumers.erase')
  const { accountId } = caller
  const addresses = await patiently(deps.db, (tx) => findPerson(tx, accountId, person))
  const plain = addresses.map(({ address }) => address)
  return atomic(deps.db, async (tx) => {
    const { erasureId, hashes, isNew } = await request(tx, deps.cipher, accountId, caller, plain)
    if (isNew)
      await recordAudit(tx, accountId, caller, {
        ...{ action: 'person.erase', subject: erasureId },
        before: null,
        after: { hashes },
      })
    return { erasureId }
  })
}
