import type { AccountConfig } from '../domain/account.ts'
import type { Caller } from '../domain/caller.ts'
import type { AccountCache } from './account-cache.ts'
import { loadAccountConfig } from './account-config.ts'
import { lockAccount } from './accounts.ts'
import type { Cipher } from './cipher.ts'
import { atomic, type Database, type Tx } from './db.ts'

/** There is no such account, or it is not the caller's. */
export class AccountUnknown extends Error {}

/** Something else has this name already; the message is a sentence for the administrator. */
export class NameTaken extends Error {}

/** Names that may be given once, by the index that guards them. */
const takenSentences: Readonly<Record<string, string>> = {
  senders_address: 'Another sender has this address already.',
  skills_account_id_name_key: 'A skill of this name exists already.',
  handoffs_account_id_title_key: 'A handoff with this title exists already.',
  templates_account_id_name_language_key: 'A template of this name and language exists already.',
  canned_replies_shortcut: 'A canned reply with this shortcut exists already for this skill and language.',
  users_email: 'A user with this email exists already.',
}

/** What every change of a brand's configuration stands on. */
export interface ConfigStore {
  readonly db: Database
  readonly cipher: Cipher
  readonly accounts: AccountCache
}

/**
 * One change of a brand's configuration: in one `tx`, under the account's lock, on the configuration as it is now, and
 * seen by this process's next request.
 * @throws AccountUnknown, NameTaken
 */
export async function changeAccount<T>(
  at: ConfigStore,
  caller: Caller,
  accountId: string,
  work: (tx: Tx, config: AccountConfig) => Promise<T>,
): Promise<T> {
  if (caller.kind !== 'operator' && caller.accountId !== accountId) throw new AccountUnknown()
  return configuring(at, accountId, async (tx) => {
    if (!(await lockAccount(tx, accountId))) throw new AccountUnknown()
    return work(tx, (await loadAccountConfig(tx, at.cipher, accountId))!)
  })
}

/** The `tx` of a change or of onboarding: names that are taken become sentences, and the cached copy is dropped. */
export async function configuring<T>(at: ConfigStore, accountId: string, work: (tx: Tx) => Promise<T>): Promise<T> {
  try {
    return await atomic(at.db, work)
  } catch (error) {
    const { code, constraint_name: name } = (error ?? {}) as { code?: string; constraint_name?: string }
    const sentence = code === '23505' ? takenSentences[name ?? ''] : undefined
    throw sentence === undefined ? error : new NameTaken(sentence)
  } finally {
    // Also after an error: a COMMIT whose answer was lost may have happened.
    at.accounts.drop(accountId)
  }
}
