import { createHash } from 'node:crypto'
import { type RateLimiterAbstract, RateLimiterMemory, RateLimiterPostgres, RateLimiterRes } from 'rate-limiter-flexible'
import type { Database } from './db.ts'

/**
 * Slows guessing down. After some free tries each further one must wait, twice as long each time, at most fifteen
 * minutes: a stranger can make somebody wait, and cannot lock anybody out for good.
 */
export interface SignInLimits {
  /**
   * Takes one try. Counted before the password is looked at, so that tries made at once do not slip through together.
   * @returns seconds to wait before the next try when this one comes too early; null when it may go on.
   */
  take(bucket: Bucket, key: string): Promise<number | null>
  /** The try was a good one and does not count. `all`: neither do those before it. */
  giveBack(bucket: Bucket, key: string, all: boolean): Promise<void>
}

const buckets = {
  /** One person's name from anywhere: who does not know the password gets five free tries a day. */
  email: { free: 5, firstWait: 5, rememberedFor: 24 * 3600 },
  /** A browser that has signed this person in before has tries of its own, so a stranger's do not keep it out (see known-browsers.ts). */
  browser: { free: 5, firstWait: 5, rememberedFor: 24 * 3600 },
  /** A network: a whole contact centre may sit behind one address, and everybody mistypes at the start of a shift. */
  network: { free: 50, firstWait: 2, rememberedFor: 3600 },
} as const
export type Bucket = keyof typeof buckets

const longestWait = 15 * 60

/**
 * @param shared the database when several processes answer requests (they must count together); null: in memory.
 */
export function signInLimits(shared: Database | null): SignInLimits {
  const limiter = (keyPrefix: string, points: number): RateLimiterAbstract => {
    const options = { keyPrefix, points, duration: longestWait }
    if (shared === null) return new RateLimiterMemory(options)
    return new RateLimiterPostgres({
      ...options,
      storeClient: clientOf(shared),
      storeType: 'client',
      tableName: 'rate_limits',
      tableCreated: true,
    })
  }
  const tries = limiter('sign-in-try', Number.MAX_SAFE_INTEGER)
  const waits = limiter('sign-in-wait', 1)
  // Keys may be emails: hashed, they are neither readable in the table nor longer than its column.
  const keyOf = (bucket: Bucket, key: string) => `${bucket}:${createHash('sha256').update(key).digest('base64url')}`

  return {
    async take(bucket, key) {
      const { free, firstWait, rememberedFor } = buckets[bucket]
      const id = keyOf(bucket, key)
      const waiting = await waits.get(id)
      if (waiting !== null && waiting.consumedPoints > 0 && waiting.msBeforeNext > 0) return secondsOf(waiting)
      const taken = (await tries.consume(id, 1, { customDuration: rememberedFor })).consumedPoints
      if (taken <= free) return null
      const wait = Math.min(longestWait, firstWait * 2 ** Math.min(taken - free - 1, 20))
      try {
        // One point a wait: of several tries at this moment the first goes on and the others have to wait.
        await waits.consume(id, 1, { customDuration: wait })
        return null
      } catch (refusal) {
        if (refusal instanceof RateLimiterRes) return secondsOf(refusal)
        throw refusal
      }
    },
    async giveBack(bucket, key, all) {
      const id = keyOf(bucket, key)
      if (all) await Promise.all([tries.delete(id), waits.delete(id)])
      else await tries.reward(id)
    },
  }
}

const secondsOf = (result: RateLimiterRes) => Math.max(1, Math.ceil(result.msBeforeNext / 1000))

/** What the library asks of a database client, spoken by ours. */
function clientOf(db: Database) {
  return {
    query: async ({ text, values }: { text: string; values: (string | number | null)[] }) => {
      const rows = await db.unsafe(text, values)
      return { rows, rowCount: rows.count }
    },
  }
}
