import type { Deps } from '../../deps.ts'
import type { AccountConfig } from '../../domain/account.ts'
import type { Caller } from '../../domain/caller.ts'
import { Problem } from '../../errors.ts'
import { loadAccountConfig } from '../../store/account-config.ts'

/**
 * The account's configuration as it is in the database now: who has just saved must not be shown an older copy by
 * another process. @throws Problem `not-found`
 */
export async function configOf(deps: Deps, permitted: { caller: Caller; accountId: string }): Promise<AccountConfig> {
  const config = await loadAccountConfig(deps.db, deps.cipher, permitted.accountId)
  if (config === null) throw new Problem('not-found')
  return config
}
