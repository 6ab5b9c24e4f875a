import { type Static, Type } from 'typebox'
import { Problem } from '../../errors.ts'

const milliseconds = (description: string) =>
  Type.String({ pattern: '^[0-9]{1,15}$', description, examples: ['1767225600000'] })

export const windowQuery = {
  attemptedStartTime: milliseconds('Milliseconds since 1970 (UTC): calls attempted then or later.'),
  attemptedEndTime: milliseconds('Milliseconds since 1970 (UTC): calls attempted then or earlier. Any span will do.'),
}
const windowObject = Type.Object(windowQuery)

/** The end of the year 9999: later ones are written in a way that PostgreSQL does not read. */
const lastMs = 253_402_300_799_998

/** The span of time that a query names; `until` is not included. @throws Problem `invalid-request` when it ends before it begins. */
export function attemptedWindow(query: Static<typeof windowObject>): {
  readonly from: Date
  readonly until: Date
  readonly startMs: number
  readonly endMs: number
} {
  const [startMs, endMs] = [Number(query.attemptedStartTime), Number(query.attemptedEndTime)]
  if (startMs > endMs)
    throw new Problem('invalid-request', { details: ['attemptedEndTime is before attemptedStartTime.'] })
  if (endMs > lastMs) throw new Problem('invalid-request', { details: ['attemptedEndTime is too far away.'] })
  return { from: new Date(startMs), until: new Date(endMs + 1), startMs, endMs }
}
