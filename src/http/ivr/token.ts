import { createHash } from 'node:crypto'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import type { Deps } from '../../deps.ts'
import type { AppInstall } from '../../domain/account.ts'
import { answerWithin } from '../../store/answer-within.ts'
import { problemOf } from '../problems.ts'
import { accountNamed } from './account-named.ts'
import type { AppJwts } from './app-jwt.ts'
import { constantTimeEqual } from './constant-time-equal.ts'
import { formDecode, percentDecode } from './percent-encoding.ts'

/** RFC 6749 section 5.2. */
type TokenFault = 'invalid_request' | 'invalid_client' | 'unsupported_grant_type' | 'invalid_scope'

/** A refusal of the token endpoint, in OAuth 2.0's own words. */
class TokenRefusal extends Error {
  readonly fault: TokenFault
  readonly headers: Readonly<Record<string, string>>

  constructor(fault: TokenFault, description: string, headers: Readonly<Record<string, string>> = {}) {
    super(description)
    this.fault = fault
    this.headers = headers
  }
}

const params = Type.Object({ accountId: Type.String({ description: 'The brand.', examples: ['12345678'] }) })
const query = {
  grant_type: Type.Optional(Type.String({ description: 'Here or in the form.', examples: ['client_credentials'] })),
}
/** The form as it is described; it is read by hand, because RFC 6749 has words of its own for each fault. */
const documentedBody = Type.Object(
  {
    grant_type: Type.Optional(Type.String({ examples: ['client_credentials'] })),
    client_id: Type.Optional(
      Type.String({ format: 'uuid', description: 'The app install, unless HTTP Basic names it.' }),
    ),
    client_secret: Type.Optional(Type.String({ format: 'password' })),
    scope: Type.Optional(
      Type.String({
        description: 'Some of the install’s privileges, with spaces between; default: all of them.',
        examples: ['ivr.engagement'],
      }),
    ),
  },
  { description: 'A form; no field may come twice.' },
)
const answer = Type.Object(
  { access_token: Type.String(), token_type: Type.Literal('Bearer'), expires_in: Type.Integer() },
  { description: 'An AppJWT. `expires_in` is in seconds.' },
)
const refusal = Type.Object(
  { error: Type.String(), error_description: Type.String() },
  { description: 'RFC 6749 section 5.2.' },
)

/**
 * The two token endpoints of the original: client credentials (RFC 6749 section 4.4) of an app install against an
 * AppJWT of one hour. V1 and V2 differ in their path alone.
 */
export function token(scope: FastifyInstance, { deps, jwts }: { deps: Deps; jwts: AppJwts }): void {
  scope.removeAllContentTypeParsers()
  scope.addContentTypeParser('*', { parseAs: 'string' }, (request, text, done) => {
    try {
      done(null, formOf(request, text as string))
    } catch (error) {
      done(error as Error)
    }
  })
  scope.setErrorHandler((error, request, reply) => answerRefusal(deps, error, request, reply))

  const issue = async (request: FastifyRequest, reply: FastifyReply) => {
    const { accountId } = request.params as { accountId: string }
    const form = (request.body ?? new Map()) as ReadonlyMap<string, string>
    const grant = form.get('grant_type') ?? (request.query as { grant_type?: unknown }).grant_type
    if (typeof grant !== 'string') throw new TokenRefusal('invalid_request', 'grant_type is missing or comes twice.')
    if (grant !== 'client_credentials')
      throw new TokenRefusal('unsupported_grant_type', 'grant_type must be client_credentials.')
    const app = await clientOf(deps, accountId, request.headers.authorization, form)
    const asked = form.get('scope')?.split(' ').filter(Boolean) ?? []
    if (asked.some((one) => !(app.privileges as readonly string[]).includes(one)))
      throw new TokenRefusal('invalid_scope', 'The app install has no such privilege.')
    const scoped = asked.length === 0 ? app : { ...app, privileges: app.privileges.filter((p) => asked.includes(p)) }
    const { token: accessToken, expiresInSeconds } = await jwts.issue(accountId, scoped)
    reply.headers({ 'cache-control': 'no-store', pragma: 'no-cache' })
    return { access_token: accessToken, token_type: 'Bearer', expires_in: expiresInSeconds }
  }

  const schema = {
    tags: ['Tokens'],
    consumes: ['application/x-www-form-urlencoded'],
    params,
    response: { 200: answer, 400: refusal, 401: refusal },
    security: [],
  }
  scope.post(
    '/api/account/:accountId/app/token',
    {
      config: { documentedBody },
      schema: {
        ...schema,
        summary: 'Get an AppJWT (V1 path)',
        description: 'As V2; the version is a query parameter.',
        querystring: Type.Object({
          v: Type.Optional(Type.Literal('1.0', { description: 'Version of this endpoint.' })),
          ...query,
        }),
      },
    },
    issue,
  )
  scope.post(
    '/api/v2/account/:accountId/app/token',
    {
      config: { documentedBody },
      schema: {
        ...schema,
        summary: 'Get an AppJWT',
        description:
          'Client credentials of an app install, in the form or as HTTP Basic, against a bearer token of one hour.',
        querystring: Type.Object(query),
      },
    },
    issue,
  )
}

/**
 * @throws TokenRefusal `invalid_client` alike for an unknown account, an unknown or disabled install, another account's
 *   install, the internal one, and a wrong secret.
 */
async function clientOf(
  deps: Deps,
  accountId: string,
  authorization: string | undefined,
  form: ReadonlyMap<string, string>,
): Promise<AppInstall> {
  const basic = authorization === undefined ? null : basicOf(authorization)
  if (basic !== null && form.has('client_secret'))
    throw new TokenRefusal('invalid_request', 'Send the client secret once, in the form or in the header.')
  const [clientId, secret] = basic ?? [form.get('client_id') ?? '', form.get('client_secret') ?? '']
  const found = accountNamed(deps, accountId)
  const account = found instanceof Promise ? await answerWithin(deps.config.eligibilityDeadlineMs, found) : found
  const app = account?.appInstalls.get(clientId)
  // The hash is made in any case, so that an unknown client costs the same.
  const right = constantTimeEqual(createHash('sha256').update(secret).digest('hex'), app?.secretHash ?? '0'.repeat(64))
  if (!right || !app?.enabled || app.internal) {
    throw new TokenRefusal(
      'invalid_client',
      'The client id or secret is wrong.',
      authorization === undefined ? {} : { 'www-authenticate': 'Basic realm="c2m", charset="UTF-8"' },
    )
  }
  return app
}

/** RFC 6749 section 2.3.1: both halves are form-encoded before they are joined. An unreadable header is nobody's. */
function basicOf(authorization: string): readonly [string, string] {
  const encoded = /^Basic +([A-Za-z0-9+/_-]+=*)$/i.exec(authorization)?.[1] ?? ''
  const text = Buffer.from(encoded, 'base64').toString('utf8')
  const middle = text.indexOf(':')
  const [id, secret] = [text.slice(0, Math.max(middle, 0)), text.slice(middle + 1)].map((half) =>
    percentDecode(half.replaceAll('+', ' ')),
  )
  return [id ?? '', secret ?? '']
}

/**
 * Whatever charset the client's library names: a form is ASCII, its other characters are percent-encoded UTF-8. A parameter
 * without a value counts as left out (RFC 6749 section 3.2).
 */
function formOf(request: FastifyRequest, text: string): ReadonlyMap<string, string> {
  const mediaType = request.headers['content-type'] ?? ''
  if (!/^application\/x-www-form-urlencoded *(;.*)?$/i.test(mediaType))
    throw new TokenRefusal('invalid_request', 'The body must be application/x-www-form-urlencoded.')
  const pairs = formDecode(text)
  if (pairs === null || pairs.length > 20) throw new TokenRefusal('invalid_request', 'The form is malformed.')
  const form = new Map(pairs)
  if (form.size !== pairs.length) throw new TokenRefusal('invalid_request', 'A parameter comes twice.')
  for (const [name, value] of form) if (value === '') form.delete(name)
  return form
}

function answerRefusal(deps: Deps, error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  reply.headers({ 'cache-control': 'no-store' }).type('application/json; charset=utf-8').serializer(JSON.stringify)
  if (error instanceof TokenRefusal) {
    const code = error.fault === 'invalid_client' ? 'invalid-client' : 'invalid-request'
    deps.metrics.problems.inc({ code })
    const status = error.fault === 'invalid_client' ? 401 : 400
    return reply.code(status).headers(error.headers).send({ error: error.fault, error_description: error.message })
  }
  const { problem, known } = problemOf(error)
  if (!known)
    request.log.error({ requestId: request.id, err: error, route: request.routeOptions.url }, 'request failed')
  deps.metrics.problems.inc({ code: problem.code })
  reply.code(problem.status).headers(problem.headers)
  if (problem.status >= 500) {
    // RFC 6749 names these two for a redirect only (section 4.1.2.1); their meaning is the same.
    const fault = problem.code === 'unavailable' ? 'temporarily_unavailable' : 'server_error'
    return reply.send({ error: fault, error_description: `Request ${request.id} failed.` })
  }
  return reply.send({ error: 'invalid_request', error_description: problem.details.join('; ') || problem.message })
}
