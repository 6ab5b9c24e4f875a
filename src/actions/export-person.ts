import { findPerson, patiently } from '../data-rights/person.ts'
import { personArchive } from '../data-rights/person-archive.ts'
import { demand } from '../demand.ts'
import type { Deps } from '../deps.ts'
import type { CredentialCaller, UserCaller } from '../domain/caller.ts'
import type { NamedPerson } from '../domain/named-person.ts'
import { recordAudit } from '../store/audit.ts'
import { atomic } from '../store/db.ts'

/**
 * Everything that is held of a person, as one archive. The audit log says who took it, and of the person a keyed hash.
 * @throws Problem `forbidden`
 */
export async function exportPerson(
  deps: Deps,
  caller: UserCaller | CredentialCaller,
  person: NamedPerson,
): Promise<AsyncGenerator<Buffer>> {
  demand(caller, 'consumers.export')
  const { accountId } = caller
  const addresses = await patiently(deps.db, (tx) => findPerson(tx, accountId, person))
  const { parts, rows } = await personArchive(deps.db, accountId, addresses)
  const subject = deps.cipher.erasedAddress(accountId, addresses[0]!.address)
  await atomic(deps.db, (tx) =>
    recordAudit(tx, accountId, caller, { action: 'person.export', subject, before: null, after: rows }),
  )
  return parts
}
