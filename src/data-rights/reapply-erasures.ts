import { atomic } from '../store/db.ts'
import type { DataRights } from './erase-person.ts'
import { erasureLogOf, type LoggedErasure, readErasureLog } from './erasure-log.ts'
import { findErasure, noteNothingLeft, requestErasure } from './erasures.ts'

/** Wherever a consumer's address stands: what a keyed hash is compared with. */
const places: readonly (readonly [table: string, column: string])[] = [
  ['calls', 'consumer_phone'],
  ['calls', 'consumer_id'],
  ['conversations', 'address'],
  ['conversations', 'consumer_phone'],
  ['messages', 'address'],
  ['opt_outs', 'address'],
  ['opt_out_history', 'address'],
  ['reachability', 'address'],
  ['devices', 'consumer_id'],
  ['inapp_inboxes', 'consumer_id'],
  ['consumer_addresses', 'address'],
  ['consumer_addresses', 'also_known_as'],
  ['simulator_messages', 'number'],
]
const addressesTogether = 5_000

/**
 * Asks again for the erasures of the list that the database does not know as done: it is older than they are, because a
 * backup was restored. The list holds keyed hashes only, so every stored address is hashed and compared.
 * With nothing to do, which is every ordinary start, it costs a look into the list.
 * @param path the list; default DATA_DIR/erasures.log.
 * @returns the erasures that were asked for; a worker, or `erasePerson`, does them.
 */
export async function reapplyErasures(
  { db, cipher, config }: DataRights,
  path: string = erasureLogOf(config.dataDir),
): Promise<readonly { readonly accountId: string; readonly erasureId: string }[]> {
  const byAccount = new Map<string, LoggedErasure[]>()
  for (const erasure of await readErasureLog(path)) {
    // An unfinished one is known to the database with its addresses, and goes on by itself.
    if ((await findErasure(db, erasure.accountId, erasure.erasureId)) !== null) continue
    byAccount.set(erasure.accountId, [...(byAccount.get(erasure.accountId) ?? []), erasure])
  }
  const asked: { accountId: string; erasureId: string }[] = []
  for (const [accountId, erasures] of byAccount) {
    const wanted = new Set(erasures.flatMap(({ hashes }) => hashes))
    const found = new Map<string, string>()
    await atomic(db, async (tx) => {
      await tx`set local statement_timeout = 0`
      await tx`set local idle_in_transaction_session_timeout = 0`
      for (const [table, column] of places) {
        const rows = tx<{ address: string }[]>`
          select distinct ${tx(column)} as address from ${tx(table)}
          where account_id = ${accountId} and ${tx(column)} is not null`.cursor(addressesTogether)
        for await (const some of rows)
          for (const { address } of some) {
            const hash = cipher.erasedAddress(accountId, address)
            if (wanted.has(hash)) found.set(hash, address)
          }
      }
    })
    for (const { erasureId, hashes } of erasures) {
      const addresses = hashes.flatMap((hash) => found.get(hash) ?? [])
      if (addresses.length === 0) {
        await noteNothingLeft(db, accountId, erasureId, hashes)
        continue
      }
      await atomic(db, (tx) =>
        requestErasure(tx, cipher, accountId, { kind: 'system', accountId }, addresses, { erasureId }),
      )
      asked.push({ accountId, erasureId })
    }
  }
  return asked
}
