import { type RateLimiterAbstract, RateLimiterMemory, RateLimiterPostgres, RateLimiterRes } from 'rate-limiter-flexible'
import type { Deps } from '../../deps.ts'
import { type AccountConfig, defaultSettings } from '../../domain/account.ts'
import { Problem } from '../../errors.ts'

/**
 * Makes the check of a brand's rate: so many requests a second as its settings say, eligibility and invite together,
 * every channel (seed). Counted in this process, or in the database when several processes answer.
 * The returned function throws Problem `rate-limited` with `Retry-After` in seconds.
 */
export function brandRateLimit(deps: Deps): (account: AccountConfig) => Promise<void> {
  /** One a distinct limit: the limit is the limiter's own, the brands share it. */
  const limiters = new Map<number, RateLimiterAbstract>()
  const limiterOf = (points: number) => {
    const known = limiters.get(points)
    if (known !== undefined) return known
    const made = deps.config.processes === 'one' ? inMemory(points) : inDatabase(deps, points)
    limiters.set(points, made)
    return made
  }
  return async (account) => {
    const limit = (account.settings ?? defaultSettings).rateLimit
    try {
      await limiterOf(limit).consume(account.accountId)
    } catch (refusal) {
      if (!(refusal instanceof RateLimiterRes)) throw refusal
      const seconds = Math.max(1, Math.ceil(refusal.msBeforeNext / 1000))
      throw new Problem('rate-limited', { headers: { 'retry-after': String(seconds) } })
    }
  }
}

const inMemory = (points: number) => new RateLimiterMemory({ keyPrefix: 'ivr', points, duration: 1 })

function inDatabase(deps: Deps, points: number): RateLimiterAbstract {
  return new RateLimiterPostgres({
    keyPrefix: 'ivr',
    points,
    duration: 1,
    // Once this process knows that the second is used up, the rest of it costs the database nothing.
    inMemoryBlockOnConsumed: points + 1,
    tableName: 'rate_limits',
    tableCreated: true,
    storeType: 'pool',
    storeClient: {
      query: async ({ text, values }: { text: string; values: (string | number | null)[] }) => {
        const rows = await deps.db.unsafe(text, values, { prepare: true })
        return { rows, rowCount: rows.count }
      },
    },
  })
}
