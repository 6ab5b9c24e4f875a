import { sqlState } from './sql-state.ts'

/** In a tx that failed every statement that comes after is refused. */
const alreadyFailed = '25P02'

/**
 * Two parts of one tx whose statements travel together. Waits for both, whatever becomes of the other: nothing of a tx may still be under way when it ends.
 * @throws the error that was there first; the database refuses all that comes after it.
 */
export async function bothOf<A, B>(first: Promise<A>, second: Promise<B>): Promise<[A, B]> {
  const [one, other] = await Promise.allSettled([first, second])
  if (one.status === 'fulfilled' && other.status === 'fulfilled') return [one.value, other.value]
  const errors = [one, other].flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason] : []))
  throw errors.find((error) => sqlState(error) !== alreadyFailed) ?? errors[0]
}
