import { Problem } from '../../errors.ts'
import { AccountUnknown, NameTaken } from '../../store/change-account.ts'
import { HashingBusy } from '../../store/passwords.ts'

/** What the store says of a change that cannot be made, in words for the caller; other errors stay as they are. */
export function changeProblem(error: unknown): unknown {
  if (error instanceof AccountUnknown) return new Problem('not-found')
  if (error instanceof NameTaken) return new Problem('already-exists', { details: [error.message] })
  if (error instanceof HashingBusy) return new Problem('unavailable', { headers: { 'retry-after': '5' } })
  return error
}
