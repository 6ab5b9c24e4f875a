import { type Erasure, erasuresOf } from '../data-rights/erasures.ts'
import { findPerson as find, type PersonAddress, patiently } from '../data-rights/person.ts'
import { countHoldings, rowsOfPerson } from '../data-rights/person-rows.ts'
import { demand } from '../demand.ts'
import type { Deps } from '../deps.ts'
import type { CredentialCaller, UserCaller } from '../domain/caller.ts'
import type { NamedPerson } from '../domain/named-person.ts'

/** What is held of a person. */
export interface FoundPerson {
  readonly addresses: readonly PersonAddress[]
  /** By table; tables without a row of theirs are left out. */
  readonly holds: readonly { readonly table: string; readonly title: string; readonly rows: number }[]
  /** Earlier and present erasures of this person, the newest first. */
  readonly erasures: readonly Erasure[]
}

/** Tells what is held of a person, and by which addresses. @throws Problem `forbidden` */
export async function findPerson(
  deps: Deps,
  caller: UserCaller | CredentialCaller,
  person: NamedPerson,
): Promise<FoundPerson> {
  demand(caller, 'consumers.export')
  const { accountId } = caller
  return patiently(deps.db, async (tx) => {
    const addresses = await find(tx, accountId, person)
    const plain = addresses.map(({ address }) => address)
    const rows = await rowsOfPerson(tx, accountId, plain)
    const hashes = plain.map((address) => deps.cipher.erasedAddress(accountId, address))
    return {
      addresses,
      holds: await countHoldings(tx, rows),
      erasures: await erasuresOf(tx, accountId, hashes),
    }
  })
}
