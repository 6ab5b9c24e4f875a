import { timingSafeEqual } from 'node:crypto'

/** Compares a secret without telling by its time where the first difference is. The length is no secret. */
export function constantTimeEqual(given: string, right: string): boolean {
  const a = Buffer.from(given)
  const b = Buffer.from(right)
  return a.length === b.length && timingSafeEqual(a, b)
}
