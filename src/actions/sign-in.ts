import type { Deps } from '../deps.ts'
import { Problem } from '../errors.ts'
import { atomic } from '../store/db.ts'
import { openKnownBrowser, sealKnownBrowser } from '../store/known-browsers.ts'
import { HashingBusy, passwordMatches } from '../store/passwords.ts'
import { beginSession, endSession } from '../store/sessions.ts'
import type { Bucket, SignInLimits } from '../store/sign-in-limits.ts'
import { usersByEmail } from '../store/users.ts'

export interface SignInInput {
  readonly email: string
  readonly password: string
  /** Needed by those who have a user in several accounts; who they are is not told to strangers. */
  readonly accountId: string | null
}

/** Where the try comes from. */
export interface SignInFrom {
  /** The address, or for IPv6 the network of 64 bits. */
  readonly network: string
  readonly browserToken: string | null
  /** The session this browser has now; it ends when another begins. */
  readonly sessionToken: string | null
}

/**
 * Checks an email and a password and begins a session. Unknown, disabled and mistyped take the same time and get the
 * same answer; tries are slowed down by name and by network, and by browser where one is known.
 * @throws Problem `wrong-password`, `rate-limited` with Retry-After, `unavailable` when too many sign in at once.
 */
export async function signIn(
  deps: Deps,
  limits: SignInLimits,
  input: SignInInput,
  from: SignInFrom,
): Promise<{ sessionToken: string; browserToken: string }> {
  const candidates = await usersByEmail(deps.db, input.email, input.accountId)
  const user = candidates.length === 1 ? candidates[0] : undefined
  const browser = from.browserToken === null ? null : openKnownBrowser(deps.cipher, from.browserToken)
  const known = user !== undefined && browser?.accountId === user.accountId && browser.userId === user.userId
  const name = `${user?.accountId ?? input.accountId ?? ''}/${input.email.toLowerCase()}`
  // The network first: one that has guessed too much does not even count against the person.
  const tries: readonly [Bucket, string][] = known
    ? [['browser', browser.browserId]]
    : [
        ['network', from.network],
        ['email', name],
      ]
  for (const [bucket, key] of tries) {
    const wait = await limits.take(bucket, key)
    if (wait !== null) throw new Problem('rate-limited', { headers: { 'retry-after': String(wait) } })
  }

  const matches = await passwordMatches(input.password, user?.passwordHash ?? null).catch(async (error) => {
    if (!(error instanceof HashingBusy)) throw error
    for (const [bucket, key] of tries) await limits.giveBack(bucket, key, false)
    throw new Problem('unavailable', { headers: { 'retry-after': '5' } })
  })
  if (!matches || user?.enabled !== true) {
    throw new Problem('wrong-password', { details: ['Who has a user in several accounts must name the account.'] })
  }

  // What others guessed from this network still counts.
  for (const [bucket, key] of tries) await limits.giveBack(bucket, key, bucket !== 'network')
  return {
    sessionToken: await atomic(deps.db, async (tx) => {
      if (from.sessionToken !== null) await endSession(tx, from.sessionToken)
      return beginSession(tx, user.accountId, user.userId)
    }),
    browserToken: known ? from.browserToken! : sealKnownBrowser(deps.cipher, user.accountId, user.userId),
  }
}
