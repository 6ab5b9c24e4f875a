import type { Socket } from 'node:net'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Deps } from '../deps.ts'
import { Problem, type ProblemCode, problems } from '../errors.ts'
import { answerContractProblem } from './ivr/errors.ts'
import { answerProblem } from './problems.ts'
import { isRefusedQuery } from './query-string.ts'

/** Connections of this process; more than any real load, less than the files a process may open. */
const mostConnections = 10_000

/** Clients, proxies and traces together send a few dozen. */
const mostHeaders = 200

/**
 * Sets up what refuses requests that no door should see. Must be called before any route is added.
 * @param problemOfPath tells "no such path" from "not by this method"; said before a body is read, because a path that
 *   is not there has no media type to ask for.
 */
export function brokenRequests(app: FastifyInstance, problemOfPath: (request: FastifyRequest) => Problem): void {
  app.server.maxConnections = mostConnections
  app.addHook('onRequest', (request, _reply, done) => {
    // Node drops what is above its own limit in silence, and with it perhaps a second Authorization.
    if (request.raw.rawHeaders.length > 2 * mostHeaders) return done(new Problem('header-too-large'))
    // A `#` is no part of a request target; the router would read what follows as the query, and a signature would not.
    const broken = isRefusedQuery(request.query) || request.raw.url?.includes('#')
    // What only reads has no body to wait for, and may still be a page (http/console.ts).
    const reads = request.method === 'GET' || request.method === 'HEAD'
    if (!broken && request.is404 && !reads) return done(problemOfPath(request))
    done(broken ? new Problem('invalid-request', { details: ['The query is malformed.'] }) : undefined)
  })
}

/** What Node's HTTP parser refuses, by its error code; anything else is a plain 400. */
const problemByCode: Readonly<Record<string, ProblemCode>> = {
  HPE_HEADER_OVERFLOW: 'header-too-large',
  ERR_HTTP_REQUEST_TIMEOUT: 'too-slow',
}

/**
 * Answers what is not HTTP, or came too slowly, and closes the connection. Nobody can tell whose door it was for, so
 * the body speaks both our language and the published API's; it repeats nothing of the request.
 */
export function answerBrokenConnection(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || socket.destroyed) return
  if (!socket.writable) {
    socket.destroy()
    return
  }
  const code = problemByCode[error.code ?? ''] ?? 'invalid-request'
  const { status, sentence } = problems[code]
  const body = JSON.stringify({ errorCode: 1000, errorMessage: 'Invalid request', title: sentence, status, code })
  socket.end(
    `HTTP/1.1 ${status} ${sentence}\r\nContent-Type: application/json; charset=utf-8\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
    () => socket.destroy(),
  )
}

/** Makes the answer to a path that the router cannot read: a broken escape, or a part that is longer than any id. */
export function frameworkErrors(deps: Deps) {
  return (error: Error & { code?: string }, request: FastifyRequest, reply: FastifyReply): void => {
    const problem =
      error.code === 'FST_ERR_MAX_PARAM_LENGTH'
        ? new Problem('not-found')
        : new Problem('invalid-request', { details: ['The path is malformed.'] })
    const answer = request.raw.url?.startsWith('/api/account/') ? answerContractProblem : answerProblem
    answer(deps, problem, request, reply)
  }
}
