import { createHash, createHmac, randomBytes } from 'node:crypto'
import type { ApiKey } from '../../domain/account.ts'
import { constantTimeEqual } from './constant-time-equal.ts'
import type { CredentialFault } from './credential-fault.ts'
import { oauth1BaseString } from './oauth1-base-string.ts'
import { formDecode, percentEncode } from './percent-encoding.ts'

/** What a good signature tells, and what is left to check: the nonce, and the body when the client hashed it. */
export interface VerifiedOauth1 {
  /** Seconds since 1970, as the client said. */
  readonly stamp: number
  readonly nonce: string
  /** Null: the client sent no `oauth_body_hash`, and by the standard nothing signs a JSON body. */
  readonly bodyMatches: ((raw: Uint8Array) => boolean) | null
}

export interface SignedRequest {
  readonly method: string
  /** Scheme and host as the world knows us; never taken from the request's own headers (AU: a stranger's Host). */
  readonly publicUrl: string
  /** The request target as it stood on the wire. */
  readonly target: string
  readonly parameters: ReadonlyMap<string, string>
}

/** Seconds that a client's clock may differ from ours. */
export const timestampWindow = 300

const hashes: ReadonlyMap<string, 'sha1' | 'sha256'> = new Map([
  ['HMAC-SHA1', 'sha1'],
  ['HMAC-SHA256', 'sha256'],
])

/** Stands in for a key that does not exist, so that an unknown key costs the same work as a wrong signature. */
const nobody = {
  secret: randomBytes(16).toString('hex'),
  accessToken: randomBytes(16).toString('hex'),
  accessTokenSecret: randomBytes(16).toString('hex'),
}

/**
 * Verifies an OAuth 1.0a signature with our own code (RFC 5849): HMAC-SHA1 or HMAC-SHA256, timestamp within 300 s, the
 * token required. Samples of the original tolerate a missing token; here every key has one, so a request without it is refused.
 * @param key the account's key of that name; undefined when there is none.
 * @returns the first fault, for the log: the caller must hear the same of all.
 */
export function verifyOauth1(
  request: SignedRequest,
  key: ApiKey | undefined,
  now: Date,
): VerifiedOauth1 | CredentialFault {
  const { parameters } = request
  const hash = hashes.get(parameters.get('oauth_signature_method') ?? '')
  const signature = parameters.get('oauth_signature')
  const stamp = parameters.get('oauth_timestamp') ?? ''
  const nonce = parameters.get('oauth_nonce') ?? ''
  const [path, query] = splitTarget(request.target)
  const inQuery = formDecode(query)
  if (signature === undefined || inQuery === null) return 'malformed'
  if (hash === undefined) return 'signature-method'
  if (!/^[\x21-\x7e]{1,128}$/.test(nonce) || !/^[0-9]{1,10}$/.test(stamp)) return 'malformed'
  if (Math.abs(now.getTime() / 1000 - Number(stamp)) > timestampWindow) return 'timestamp'
  if ((parameters.get('oauth_version') ?? '1.0') !== '1.0') return 'malformed'
  if (inQuery.some(([name]) => name.startsWith('oauth_'))) return 'malformed'

  const signed = [...parameters].filter(([name]) => name !== 'realm' && name !== 'oauth_signature')
  const text = oauth1BaseString(request.method, request.publicUrl + path, [...signed, ...inQuery])
  const { secret, accessToken, accessTokenSecret } = key ?? nobody
  const signingKey = `${percentEncode(secret)}&${percentEncode(accessTokenSecret)}`
  const right = constantTimeEqual(signature, createHmac(hash, signingKey).update(text).digest('base64'))
  const rightToken = constantTimeEqual(parameters.get('oauth_token') ?? '', accessToken)
  if (key === undefined) return 'unknown-key'
  if (!right) return 'signature'
  if (!rightToken) return 'access-token'
  if (!key.enabled) return 'disabled'

  const bodyHash = parameters.get('oauth_body_hash')
  return {
    stamp: Number(stamp),
    nonce,
    bodyMatches:
      bodyHash === undefined
        ? null
        : (raw) =>
            constantTimeEqual(bodyHash, createHash(hash).update(raw).digest('base64')) ||
            // npm's oauth-1.0a hands the signing key to its hash function, which makes an HMAC of the draft's plain hash.
            constantTimeEqual(bodyHash, createHmac(hash, signingKey).update(raw).digest('base64')),
  }
}

function splitTarget(target: string): readonly [string, string] {
  const middle = target.indexOf('?')
  return middle === -1 ? [target, ''] : [target.slice(0, middle), target.slice(middle + 1)]
}
