import { randomInt, randomUUID } from 'node:crypto'

let lastMs = Number.NaN
let counter = 0

/**
 * A UUIDv7 (RFC 9562): 48 bits of milliseconds, 12 of a counter that keeps the ids of one millisecond in their order, 62 of
 * chance. Its time says in which partition the row lies, so it must be the row's own time; two ids made for one `at` lie in
 * the same. For what nobody may guess take 32 random bytes instead: an id grants nothing.
 */
export function uuidV7(at: Date): string {
  const ms = at.getTime()
  // Begun at random in the lower half: at least 2,048 ids of one millisecond are in order, and any number are different.
  counter = ms === lastMs ? Math.min(counter + 1, 0xfff) : randomInt(0x800)
  lastMs = ms
  const time = hexOf(ms)
  return `${time.slice(0, 8)}-${time.slice(8)}-7${counter.toString(16).padStart(3, '0')}${randomUUID().slice(18)}`
}

/** The least id of a time: ids made at or after it are not below. */
export const firstIdAt = (at: Date): string => {
  const time = hexOf(at.getTime())
  return `${time.slice(0, 8)}-${time.slice(8)}-0000-0000-000000000000`
}

/**
 * Between which ids those of the same calendar month (UTC) lie; all ids for one that is no UUIDv7. A condition on the id of a
 * row that is known to be of the same month lets the database pass over all other partitions.
 */
export function idsOfMonth(id: string): { readonly from: string; readonly until: string } {
  if (id[14] !== '7')
    return { from: '00000000-0000-0000-0000-000000000000', until: 'ffffffff-ffff-ffff-ffff-ffffffffffff' }
  const made = new Date(Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16))
  const month = (n: number) => firstIdAt(new Date(Date.UTC(made.getUTCFullYear(), made.getUTCMonth() + n)))
  return { from: month(0), until: month(1) }
}

const hexOf = (ms: number) => Math.max(0, Math.floor(ms)).toString(16).padStart(12, '0')
