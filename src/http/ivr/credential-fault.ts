import type { FastifyBaseLogger } from 'fastify'
import type { Problem } from '../../errors.ts'

/**
 * Why a credential was refused. The caller never hears it: every 401 is the same, so that nobody learns which half of a
 * guess was right. The log tells it under the request's id, since a wrong signature is where integrations begin.
 */
export type CredentialFault =
  /** No `Authorization` header, more than one, or of another scheme. */
  | 'missing'
  /** An OAuth parameter is missing, doubled, in the query, or not as the standard writes it. */
  | 'malformed'
  /** Only HMAC-SHA1 and HMAC-SHA256 are known. */
  | 'signature-method'
  /** `oauth_timestamp` is more than 300 s off our clock. */
  | 'timestamp'
  | 'unknown-key'
  | 'disabled'
  | 'access-token'
  /** A secret, or the URL that was signed: it must be `PUBLIC_URL` with the path and query of the request. */
  | 'signature'
  /** `oauth_body_hash` is not that of the body that came. */
  | 'body-hash'
  | 'nonce-used'
  | 'jwt'
  | 'jwt-expired'
  | 'unknown-app'

/** Tells the log, once, why a request had no valid credential. `problem` is what its caller hears. */
export function logCredentialFault(
  log: Pick<FastifyBaseLogger, 'info'>,
  problem: Problem,
  request: { readonly requestId: string; readonly route: string | undefined },
): void {
  if (problem.code !== 'unauthenticated' || problem.cause === undefined) return
  const { requestId, route } = request
  log.info({ requestId, route, fault: problem.cause }, 'credential refused')
}
