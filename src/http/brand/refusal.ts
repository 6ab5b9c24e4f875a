import type { FastifyReply, FastifyRequest } from 'fastify'
import { type TObject, Type } from 'typebox'
import type { Deps } from '../../deps.ts'
import { logCredentialFault } from '../ivr/credential-fault.ts'
import { problemOf } from '../problems.ts'

/** How the compatible reporting and handoff APIs refuse (reference c2m.md, section 8). */
const refusal = {
  code: Type.Integer({ description: 'The HTTP status.' }),
  requestTraceId: Type.String({ description: 'To quote; it stands in our log.' }),
  message: Type.String(),
}

const meanings: Readonly<Record<number, string>> = {
  400: 'A parameter or the body is wrong; `message` says which.',
  401: 'No valid credential.',
  403: 'A credential of another account, or without the privilege.',
  429: 'More than 10 requests a second; `Retry-After` says in how many seconds to try again.',
  500: 'A fault of this server (503 when trying again shortly may help).',
}

export const refusals: Record<number, TObject> = Object.fromEntries(
  Object.entries(meanings).map(([status, description]) => [status, Type.Object(refusal, { description })]),
)

/** Answers with what the caller may hear, in this API's form. */
export function answerRefusal(deps: Deps, error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const { problem, known } = problemOf(error)
  if (!known)
    request.log.error({ requestId: request.id, err: error, route: request.routeOptions.url }, 'request failed')
  logCredentialFault(request.log, problem, { requestId: request.id, route: request.routeOptions.url })
  deps.metrics.problems.inc({ code: problem.code })
  return reply
    .code(problem.status)
    .headers(problem.headers)
    .type('application/json; charset=utf-8')
    .serializer(JSON.stringify)
    .send({
      code: problem.status,
      requestTraceId: request.id,
      message: [problem.message, ...problem.details].join(': '),
    })
}
