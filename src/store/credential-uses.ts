import type { Clock } from '../domain/clock.ts'
import { batch } from './batch.ts'
import type { Database } from './db.ts'

/** A person asks "is this key still in use?": a minute is exact enough, and keeps the hot path out of the database. */
const noteEveryMs = 60_000
const mostRemembered = 20_000

/**
 * Makes the function that notes the use of an API key or app install, at most once a minute each.
 * @returns a promise when this use is written, undefined when it was noted less than a minute ago.
 */
export function credentialUses(
  db: Database,
  clock: Clock,
): (accountId: string, credentialId: string) => Promise<void> | undefined {
  const noted = new Map<string, number>()
  const write = batch<{ accountId: string; credentialId: string; at: Date }, undefined>(
    async (uses) => {
      await db`
        insert into credential_uses (account_id, credential_id, used_at)
        select distinct on (1, 2) * from unnest(
          ${uses.map((use) => use.accountId)}::text[], ${uses.map((use) => use.credentialId)}::text[],
          ${uses.map((use) => use.at.toISOString())}::timestamptz[]) as given (account_id, credential_id, used_at)
        order by 1, 2, 3 desc
        on conflict (account_id, credential_id)
          do update set used_at = greatest(credential_uses.used_at, excluded.used_at)`
      return uses.map(() => undefined)
    },
    { most: 500, patienceMs: 5_000 },
  )
  return (accountId, credentialId) => {
    const name = `${accountId} ${credentialId}`
    const now = clock.monotonic()
    const last = noted.get(name)
    if (last !== undefined && now - last < noteEveryMs) return undefined
    if (noted.size >= mostRemembered) noted.clear()
    noted.set(name, now)
    return write({ accountId, credentialId, at: clock.now() })
  }
}
