import type { Deps } from '../../deps.ts'
import type { AccountConfig } from '../../domain/account.ts'

/** Host, with a port where it is not the usual one, of the cell that serves this account; null when nobody told us. */
export function homeOf(deps: Deps, account: AccountConfig): string | null {
  if (account.region === deps.config.region) return new URL(deps.publicUrl).host
  return deps.config.regionHosts[account.region] ?? null
}
