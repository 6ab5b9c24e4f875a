import { randomBytes } from 'node:crypto'
import { type Answer, alteredAnswer } from '../messaging/answers.ts'
import type { ApiFault } from './faults.ts'

export type { Answer }

/** Stands with every answer, unless it has another. */
export const answerHeaders = { 'content-type': 'application/json; charset=UTF-8' } as const

/** HTTP status that goes with a code; all others are 400. */
const statuses: Readonly<Record<number, number>> = {
  1: 500,
  2: 503,
  10: 403,
  190: 401,
  130497: 403,
  131000: 500,
  131005: 403,
  131016: 500,
  131031: 403,
  131057: 500,
  132001: 404,
  133004: 503,
}

/** An error in Meta's shape. Its message says nothing that a program may rely on. */
export function errorAnswer(
  code: number,
  options: { readonly status?: number; readonly subcode?: number; readonly details?: string } = {},
): Answer {
  const error = {
    message: `(#${code}) Error`,
    type: 'OAuthException',
    code,
    ...(options.subcode === undefined ? {} : { error_subcode: options.subcode }),
    error_data: { messaging_product: 'whatsapp', details: options.details ?? '' },
    fbtrace_id: randomBytes(8).toString('hex'),
  }
  return { status: options.status ?? statuses[code] ?? 400, body: { error } }
}

/** What an API fault makes of the right answer. */
export function faultyAnswer(fault: ApiFault, right: Answer): Answer {
  if (fault.do !== 'error') return alteredAnswer(fault, right)
  const { status, code = status === 429 ? 130429 : 131000, subcode, details, retryAfter } = fault
  const answer = errorAnswer(code, {
    status,
    ...(subcode === undefined ? {} : { subcode }),
    ...(details === undefined ? {} : { details }),
  })
  return retryAfter === undefined ? answer : { ...answer, headers: { 'retry-after': retryAfter } }
}
