import { Problem } from '../errors.ts'

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/**
 * An id from a path. What is no UUID cannot exist, and is answered exactly like one that does not.
 * @throws Problem `not-found`
 */
export function uuidParam(value: string): string {
  if (!uuid.test(value)) throw new Problem('not-found')
  return value.toLowerCase()
}
