import { uuidV7 } from './uuid-v7.ts'

/**
 * A new call's id, made of the time of its eligibility: ordered as a UUIDv7 is, in whose partition it lies, and marked as a
 * version 4, which the published API promises of `callId` (seed, both response tables). A client that checks the mark would
 * refuse every answer otherwise; nobody reads the time in it by the mark.
 */
export function callIdOf(at: Date): string {
  const id = uuidV7(at)
  return `${id.slice(0, 14)}4${id.slice(15)}`
}
