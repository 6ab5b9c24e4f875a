import type { NamedPerson } from '../domain/named-person.ts'
import { atomic, type Database, type DbOrTx, type Tx } from '../store/db.ts'

export interface PersonAddress {
  readonly address: string
  readonly kind: 'phone' | 'consumer-id' | 'whatsapp-id'
  /** False: found with the one that was named. */
  readonly named: boolean
}

/** Statements that look through a brand's whole history take longer than what serves a request. */
export const patience = '55s'

/** Reads in one snapshot, for as long as it takes. */
export function patiently<T>(db: Database, work: (tx: Tx) => Promise<T>): Promise<T> {
  return atomic(db, async (tx) => {
    await tx`set local statement_timeout = ${tx.unsafe(`'${patience}'`)}`
    return work(tx)
  })
}

/** Every address of the person, the named ones first. */
export async function findPerson(
  tx: DbOrTx,
  accountId: string,
  person: NamedPerson,
): Promise<readonly PersonAddress[]> {
  const named = [person.phone, person.consumerId].filter((address) => address !== null)
  const phones = new Set(person.phone === null ? [] : [person.phone])
  const ids = new Set(person.consumerId === null ? [] : [person.consumerId])
  if (person.linked) {
    const rows = await tx<{ phone: string | null; consumer_id: string | null }[]>`
      select consumer_phone as phone, consumer_id from calls
      where account_id = ${accountId} and consumer_phone = any(${[...phones]}::text[])
      union
      select consumer_phone, consumer_id from calls
      where account_id = ${accountId} and consumer_id = any(${[...ids]}::text[])
      union
      select consumer_phone, case when channel = 'inapp' then address end from conversations
      where account_id = ${accountId} and consumer_phone is not null
        and (consumer_phone = any(${[...phones]}::text[]) or address = any(${[...ids]}::text[]))
      order by 1, 2`
    for (const { phone, consumer_id } of rows) {
      if (phone !== null && isPhone(phone)) phones.add(phone)
      if (consumer_id !== null) ids.add(consumer_id)
    }
  }
  const found = new Map<string, PersonAddress['kind']>()
  for (const phone of phones) found.set(phone, 'phone')
  for (const id of ids) if (!found.has(id)) found.set(id, 'consumer-id')
  for (const other of await otherNames(tx, accountId, [...found.keys()]))
    if (!found.has(other)) found.set(other, isPhone(other) ? 'phone' : 'whatsapp-id')
  return [...found]
    .map(([address, kind]) => ({ address, kind, named: named.includes(address) }))
    .sort((a, b) => Number(b.named) - Number(a.named))
}

const isPhone = (address: string) => /^\+[0-9]{2,14}$/.test(address)

/** A provider may know a consumer by several names, each of which leads to the one that is used here. */
async function otherNames(tx: DbOrTx, accountId: string, addresses: readonly string[]): Promise<readonly string[]> {
  const known = new Set(addresses)
  for (let before = -1; before < known.size; ) {
    before = known.size
    const rows = await tx<{ address: string; also_known_as: string }[]>`
      select address, also_known_as from consumer_addresses
      where account_id = ${accountId}
        and (address = any(${[...known]}::text[]) or also_known_as = any(${[...known]}::text[]))`
    for (const row of rows) known.add(row.address).add(row.also_known_as)
  }
  return [...known]
}
