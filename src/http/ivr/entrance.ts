import type { Deps } from '../../deps.ts'
import type { AccountConfig } from '../../domain/account.ts'
import { Problem } from '../../errors.ts'
import { answerWithin } from '../../store/answer-within.ts'
import { isAccountId } from './account-named.ts'
import type { AppJwts } from './app-jwt.ts'
import { atOnce } from './at-once.ts'
import { type Authenticated, authenticator } from './authenticate.ts'
import type { DoorRequest } from './door-request.ts'
import { homeOf } from './home-of.ts'
import { brandRateLimit } from './rate-limit.ts'

/** Who may come in at the contract's doors, and how often. */
export interface Entrance {
  /**
   * At once when the account and the credential are known in this process.
   * @throws Problem `not-found`, `unauthenticated`, `forbidden` (another account); `Unanswered`.
   */
  admit(request: DoorRequest, accountId: string): Authenticated | Promise<Authenticated>
  /**
   * Counts the request against the brand's rate.
   * @param elapsedMs since the request arrived: of eligibility, all that comes before the answer shares one limit of time.
   * @throws Problem `rate-limited`; `Unanswered`.
   */
  count(account: AccountConfig, elapsedMs?: number): Promise<void>
}

export function entrance(deps: Deps, jwts: AppJwts): Entrance {
  const authenticate = authenticator(deps, jwts)
  const checkRate = brandRateLimit(deps)
  /** Only what waits for the database needs a limit of time, and the timer that it costs. */
  const inTime = <T>(work: T | Promise<T>) =>
    work instanceof Promise ? answerWithin(deps.config.eligibilityDeadlineMs, work) : work
  const countedHere = deps.config.processes === 'one'

  return {
    admit(request, accountId) {
      if (!isAccountId(accountId)) throw new Problem('not-found')
      return inTime(
        atOnce(deps.accounts.get(accountId), (account) => {
          refuseOfOtherRegion(deps, account)
          return authenticate(request, accountId)
        }),
      )
    },
    count(account, elapsedMs = 0) {
      const counted = checkRate(account)
      return countedHere ? counted : answerWithin(deps.config.eligibilityDeadlineMs - elapsedMs, counted)
    },
  }
}

/** An account that another cell serves is not here; the caller learns where it is. */
function refuseOfOtherRegion(deps: Deps, account: AccountConfig | null): void {
  if (!account || account.region === deps.config.region) return
  const home = homeOf(deps, account)
  throw new Problem('not-found', home === null ? {} : { headers: { 'x-c2m-domain': home } })
}
