import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Deps } from '../../deps.ts'
import type { Problem, ProblemCode } from '../../errors.ts'
import { problemOf } from '../problems.ts'
import { logCredentialFault } from './credential-fault.ts'

/** The published table: our code, its number and its words. `docs/errors.md` explains each. */
export const contractErrors = {
  'invalid-request': [1000, 'Invalid request'],
  'invalid-phone': [1001, 'Invalid customerPhoneNumber'],
  'invalid-version': [1002, 'Invalid version'],
  'not-found': [1004, 'Not Found'],
  'method-not-allowed': [1005, 'Method Not Allowed'],
  'unsupported-media-type': [1015, 'Unsupported Media Type'],
  'rate-limited': [1029, 'Rate limit hit'],
  unauthenticated: [1100, 'Invalid Bearer token'],
  forbidden: [1101, 'Not enough privilege to perform this operation'],
  'no-internal-user': [1200, 'No internal user is available'],
  'no-internal-app': [1201, 'No internal app is available'],
  'no-engagement': [1300, 'No engagement found for skill «skill»'],
  'cannot-send': [1400, 'Message cannot be sent'],
  'no-handoff': [1500, 'No handoff is available'],
  'no-handoff-channel': [1501, 'No handoff channel is available'],
  'no-settings': [1600, 'No setting is available'],
  'no-override-channel': [1900, 'Overridden channel is not available'],
  'no-override-skill': [1901, 'No engagement provided for the overridden skill'],
  // Not in the published table, which knows no 413: HTTP says what is wrong.
  'too-large': [1000, 'Invalid request'],
} as const satisfies Partial<Record<ProblemCode, readonly [number, string]>>

const internal = [5000, 'Internal Server Error'] as const
/** The database is away or did not answer in time; HTTP 503, and worth another try. */
const unavailable = [5300, 'Internal Server Error'] as const

/** A refusal before it is written: by Fastify, or by the plain door of eligibility. */
export interface ContractAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: object
}

/** The request that was refused. */
interface Refused {
  readonly requestId: string
  readonly route: string | undefined
  /** As far as it was read. */
  readonly body: unknown
}

/**
 * The error body of the published API: the number and the table's own words, `details` in plain words where there are
 * any. Of a fault of ours it says no more than a request id to quote. Counts the problem, and logs a fault of ours.
 */
export function contractAnswer(deps: Deps, error: unknown, refused: Refused): ContractAnswer {
  const { problem, known } = problemOf(error)
  const { requestId, route } = refused
  if (!known || problem.status >= 500) deps.log.error({ requestId, err: error, route }, 'request failed')
  logCredentialFault(deps.log, problem, refused)
  deps.metrics.problems.inc({ code: problem.code })
  return {
    status: problem.status,
    headers: { ...problem.headers, 'x-request-id': requestId },
    body: contractBody(problem, refused),
  }
}

export function answerContractProblem(
  deps: Deps,
  error: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  const refused = { requestId: request.id, route: request.routeOptions.url, body: request.body }
  const { status, headers, body } = contractAnswer(deps, error, refused)
  return reply
    .code(status)
    .headers(headers)
    .type('application/json; charset=utf-8')
    .serializer(JSON.stringify)
    .send(body)
}

function contractBody(problem: Problem, { requestId, body }: Refused) {
  if (problem.status >= 500) {
    const [errorCode, errorMessage] = problem.code === 'unavailable' ? unavailable : internal
    return { errorCode, errorMessage, requestId }
  }
  const table: Partial<Record<ProblemCode, readonly [number, string]>> = contractErrors
  const [errorCode, errorMessage] = table[problem.code] ?? [1000, 'Invalid request']
  return {
    errorCode,
    errorMessage: errorMessage.replace('«skill»', () => skillOf(body)),
    ...(problem.details.length > 0 ? { details: problem.details } : {}),
  }
}

function skillOf(body: unknown): string {
  const { skill } = (body ?? {}) as { skill?: unknown }
  return typeof skill === 'string' ? skill : ''
}
