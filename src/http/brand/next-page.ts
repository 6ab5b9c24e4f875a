import { Problem } from '../../errors.ts'
import type { ReportPlace } from '../../reports/transactions.ts'

const shape = /^([0-9]{4}-[0-9]{2}-[0-9]{2} [0-9:.]{8,15}\+00)\n([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/

/** The opaque word by which the next page is asked for. */
export function nextPageOf({ at, callId }: ReportPlace): string {
  return Buffer.from(`${at}\n${callId}`).toString('base64')
}

/** Where a page ended, of the word that was given for it. @throws Problem `invalid-request` when it is none of ours. */
export function placeOf(nextPage: string): ReportPlace {
  const [, at, callId] = shape.exec(Buffer.from(nextPage, 'base64').toString()) ?? []
  if (at === undefined || callId === undefined || Number.isNaN(Date.parse(`${at.replace(' ', 'T')}:00`)))
    throw new Problem('invalid-request', { details: ['nextPage is not one that was given.'] })
  return { at, callId }
}
