import type { Deps } from '../../deps.ts'
import type { AccountConfig } from '../../domain/account.ts'

const idPattern = /^[0-9]{1,20}$/

/** Whether a path names an account at all: its id is digits. */
export function isAccountId(id: string): boolean {
  return idPattern.test(id)
}

/** The account that a path names, if it is there and enabled. What is no id costs the database nothing. */
export async function accountNamed(deps: Deps, id: string): Promise<AccountConfig | null> {
  const account = isAccountId(id) ? await deps.accounts.get(id) : null
  return account?.enabled ? account : null
}
