import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import type { Deps } from '../deps.ts'
import { Problem } from '../errors.ts'
import { logCredentialFault } from './ivr/credential-fault.ts'

/**
 * What the caller may hear of an error, whatever was thrown. Fastify's own parser and validation errors become our
 * codes; anything unforeseen becomes `internal`, and `known` is false: its story belongs in the log.
 */
export function problemOf(error: unknown): { problem: Problem; known: boolean } {
  if (error instanceof Problem) return { problem: error, known: true }
  const { code, statusCode, validation, validationContext } = (error ?? {}) as Partial<FastifyError>
  if (validation !== undefined) {
    const details = validation.map(
      (fault) =>
        `${validationContext ?? 'request'}${fault.instancePath.replaceAll('/', '.')} ${fault.message ?? 'is wrong'}${namedIn(fault.params)}`,
    )
    return { problem: new Problem('invalid-request', { details }), known: true }
  }
  switch (code) {
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return { problem: new Problem('unsupported-media-type'), known: true }
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return { problem: new Problem('too-large'), known: true }
  }
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500)
    return { problem: new Problem('invalid-request'), known: true }
  if (overloaded(error))
    return { problem: new Problem('unavailable', { headers: { 'retry-after': '1' } }), known: false }
  return { problem: new Problem('internal'), known: false }
}

/** What the validator's sentence leaves out: which field is unknown, which values are known. */
function namedIn(params: Record<string, unknown>): string {
  const { additionalProperty, allowedValues } = params
  if (typeof additionalProperty === 'string') return `: "${additionalProperty.slice(0, 64)}"`
  return Array.isArray(allowedValues) ? `: ${allowedValues.join(', ')}` : ''
}

/** The database is away, starting, stopping or full: the caller may try again. */
function overloaded(error: unknown): boolean {
  const { code } = (error ?? {}) as { code?: unknown }
  return (
    typeof code === 'string' &&
    (/^(08|53|57P)/.test(code) ||
      [
        'UNANSWERED',
        'CONNECTION_CLOSED',
        'CONNECTION_ENDED',
        'CONNECTION_DESTROYED',
        'CONNECT_TIMEOUT',
        'ECONNREFUSED',
        'ENOENT',
        'ECONNRESET',
        'EPIPE',
        '25006',
        '40001',
        '40P01',
        '57014',
      ].includes(code))
  )
}

/** Our error body everywhere but at the published doors: RFC 9457, with our code and the request id to quote. */
export function answerProblem(deps: Deps, error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const { problem, known } = problemOf(error)
  if (!known)
    request.log.error({ requestId: request.id, err: error, route: request.routeOptions.url }, 'request failed')
  logCredentialFault(request.log, problem, { requestId: request.id, route: request.routeOptions.url })
  deps.metrics.problems.inc({ code: problem.code })
  return reply
    .code(problem.status)
    .headers(problem.headers)
    .type('application/problem+json')
    .send({
      type: `https://connect-to-messaging.invalid/errors#${problem.code}`,
      title: problem.message,
      status: problem.status,
      code: problem.code,
      ...(problem.details.length > 0 ? { details: problem.details } : {}),
      requestId: request.id,
    })
}
