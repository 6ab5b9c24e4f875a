import { rootOf } from './send-along.ts'

/**
 * Parts of one tx whose statements travel together, in the order of the parts. Waits for all, whatever becomes of the others:
 * nothing of a tx may still be under way when it ends.
 * @throws the error that was there first; the database refuses all that comes after it.
 */
export async function allOf<T extends readonly unknown[]>(
  ...parts: { readonly [K in keyof T]: Promise<T[K]> }
): Promise<T> {
  const outcomes = await Promise.allSettled(parts)
  const errors = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason] : []))
  if (errors.length > 0) throw rootOf(errors)
  return outcomes.map((outcome) => (outcome as PromiseFulfilledResult<unknown>).value) as unknown as T
}
