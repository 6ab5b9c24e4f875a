import type { Deps } from '../../deps.ts'
import type { AccountConfig } from '../../domain/account.ts'
import { atOnce } from './at-once.ts'

const idPattern = /^[0-9]{1,20}$/

/** Whether a path names an account at all: its id is digits. */
export function isAccountId(id: string): boolean {
  return idPattern.test(id)
}

/** The account that a path names, if it is there and enabled. What is no id costs the database nothing. */
export function accountNamed(deps: Deps, id: string): AccountConfig | null | Promise<AccountConfig | null> {
  return isAccountId(id) ? atOnce(deps.accounts.get(id), (account) => (account?.enabled ? account : null)) : null
}
