import type { Deps } from '../../deps.ts'
import { type AccountConfig, defaultSettings } from '../../domain/account.ts'
import { rateLimiter } from '../rate-limiter.ts'

/**
 * Makes the check of a brand's rate: so many requests a second as its settings say, eligibility and invite together,
 * every channel (seed). The returned function throws Problem `rate-limited` with `Retry-After` in seconds.
 */
export function brandRateLimit(deps: Deps): (account: AccountConfig) => Promise<void> {
  /** One a distinct limit: the limit is the limiter's own, the brands share it. */
  const limiters = new Map<number, (key: string) => Promise<void>>()
  return async (account) => {
    const points = (account.settings ?? defaultSettings).rateLimit
    const limiter = limiters.get(points) ?? rateLimiter(deps, { name: 'ivr', points, seconds: 1 })
    limiters.set(points, limiter)
    await limiter(account.accountId)
  }
}
