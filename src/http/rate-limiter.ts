import { type RateLimiterAbstract, RateLimiterMemory, RateLimiterPostgres, RateLimiterRes } from 'rate-limiter-flexible'
import type { Deps } from '../deps.ts'
import { Problem } from '../errors.ts'

export interface Rate {
  /** Names what is counted; limiters of one name share their counts. */
  readonly name: string
  readonly points: number
  readonly seconds: number
}

/**
 * Makes the check of a rate: counted in this process, or in the database when several processes answer. The key must
 * hold no person's data. The returned function throws Problem `rate-limited` with `Retry-After` in seconds.
 */
export function rateLimiter(deps: Deps, rate: Rate): (key: string) => Promise<void> {
  const limiter = deps.config.processes === 'one' ? inMemory(rate) : inDatabase(deps, rate)
  return async (key) => {
    try {
      await limiter.consume(key)
    } catch (refusal) {
      if (!(refusal instanceof RateLimiterRes)) throw refusal
      const seconds = Math.max(1, Math.ceil(refusal.msBeforeNext / 1000))
      throw new Problem('rate-limited', { headers: { 'retry-after': String(seconds) } })
    }
  }
}

const inMemory = ({ name, points, seconds }: Rate) =>
  new RateLimiterMemory({ keyPrefix: name, points, duration: seconds })

function inDatabase(deps: Deps, { name, points, seconds }: Rate): RateLimiterAbstract {
  return new RateLimiterPostgres({
    keyPrefix: name,
    points,
    duration: seconds,
    // Once this process knows that the time is used up, the rest of it costs the database nothing.
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
