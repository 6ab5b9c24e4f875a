import type { Person } from '../domain/speaker.ts'
import type { Cipher } from './cipher.ts'
import type { DbOrTx } from './db.ts'

/**
 * Somebody who was erased comes back by their own doing: what was kept of them as a keyed hash, so that nobody writes to
 * them, is theirs by address again, and binds wherever an opt-out is looked for. Under `lockConsumer`.
 */
export async function returnOptOuts(
  tx: DbOrTx,
  cipher: Pick<Cipher, 'erasedAddress'>,
  accountId: string,
  { address, alsoKnownAs }: Person,
): Promise<void> {
  const hashes = [address, ...alsoKnownAs].map((one) => cipher.erasedAddress(accountId, one))
  // One hash after the other: two of them may have stopped the same channel.
  for (const hash of hashes) {
    const rows = await tx`
      update opt_outs kept set address = ${address} where account_id = ${accountId} and address = ${hash}
        and not exists (select from opt_outs own where own.account_id = kept.account_id and own.address = ${address}
          and own.channel = kept.channel)
      returning 1`
    if (rows.length === 0) continue
    await tx`
      update opt_out_history set address = ${address} where account_id = ${accountId} and address = ${hash}`
  }
}
