import type { AccountConfig } from '../domain/account.ts'
import { Problem } from '../errors.ts'
import type { AccountCache } from './account-cache.ts'
import { loadAccountConfig } from './account-config.ts'
import { lockAccount } from './accounts.ts'
import type { Cipher } from './cipher.ts'
import { atomic, type Database, type Tx } from './db.ts'

/** Names that may be given once, by the index that guards them. */
const takenSentences: Readonly<Record<string, string>> = {
  senders_address: 'Another sender has this address already.',
  skills_account_id_name_key: 'A skill of this name exists already.',
  handoffs_account_id_title_key: 'A handoff with this title exists already.',
  templates_account_id_name_language_key: 'A template of this name and language exists already.',
  users_email: 'A user with this email exists already.',
}

/**
 * One change of a brand's configuration: in one `tx`, under the account's lock, on the configuration as it is now, and
 * seen by this process's next request.
 * @throws Problem `not-found` when there is no such account, `already-exists` when a name is taken.
 */
export async function changeAccount<T>(
  at: { db: Database; cipher: Cipher; accounts: AccountCache },
  accountId: string,
  work: (tx: Tx, config: AccountConfig) => Promise<T>,
): Promise<T> {
  try {
    return await withTakenNames(() =>
      atomic(at.db, async (tx) => {
        if (!(await lockAccount(tx, accountId))) throw new Problem('not-found')
        return work(tx, (await loadAccountConfig(tx, at.cipher, accountId))!)
      }),
    )
  } finally {
    // Also after an error: a COMMIT whose answer was lost may have happened.
    at.accounts.drop(accountId)
  }
}

/** Tells a name that is taken from other database errors. @throws Problem `already-exists`. */
export async function withTakenNames<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    const { code, constraint_name: name } = (error ?? {}) as { code?: string; constraint_name?: string }
    const sentence = code === '23505' ? takenSentences[name ?? ''] : undefined
    if (sentence === undefined) throw error
    throw new Problem('already-exists', { details: [sentence] })
  }
}
