import { Problem } from '../../errors.ts'
import type { ReportPlace } from '../../reports/transactions.ts'
import { isTime } from '../workspace/cursor.ts'

const shape = /^((20\d\d-\d\d-\d\d) (\d\d:\d\d:\d\d)(?:\.\d{1,6})?\+00)\n([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/

/** The opaque word by which the next page is asked for. */
export function nextPageOf({ at, callId }: ReportPlace): string {
  return Buffer.from(`${at}\n${callId}`).toString('base64')
}

/** Where a page ended, of the word that was given for it. @throws Problem `invalid-request` when it is none of ours. */
export function placeOf(nextPage: string): ReportPlace {
  const [, at, date, time, callId] = shape.exec(Buffer.from(nextPage, 'base64').toString()) ?? []
  if (at === undefined || callId === undefined || !isTime(`${date}T${time}`))
    throw new Problem('invalid-request', { details: ['nextPage is not one that was given.'] })
  return { at, callId }
}
