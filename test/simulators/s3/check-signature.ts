import { createHash, createHmac, timingSafeEqual } from 'node:crypto'

/** A request as it came over the wire: the address as it was written, headers in lower case. */
export interface SignedRequest {
  readonly method: string
  readonly address: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array
}

export interface KnownKeys {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly region: string
}

/** A store refuses clocks that differ by more. */
const mostSkewMs = 15 * 60_000

/**
 * What AWS Signature Version 4 finds wrong with a request, by the code that S3 answers; null: nothing. Written from the
 * verifier's side, of what came over the wire: it shares no code with what signs.
 */
export function signatureFault(request: SignedRequest, keys: KnownKeys, now: Date): string | null {
  const given =
    /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/s3\/aws4_request, ?SignedHeaders=([a-z0-9;-]+), ?Signature=([0-9a-f]{64})$/.exec(
      request.headers.authorization ?? '',
    )
  if (given === null) return 'AccessDenied'
  const [, accessKeyId, day, region, signed, signature] = given as unknown as [
    string,
    string,
    string,
    string,
    string,
    string,
  ]
  if (accessKeyId !== keys.accessKeyId) return 'InvalidAccessKeyId'
  if (region !== keys.region) return 'AuthorizationHeaderMalformed'
  const stamp = request.headers['x-amz-date'] ?? ''
  const at = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(stamp)
  if (at === null || !stamp.startsWith(day)) return 'AccessDenied'
  const [, year, month, date, hour, minute, second] = at.map(Number)
  if (Math.abs(Date.UTC(year!, month! - 1, date, hour, minute, second) - now.getTime()) > mostSkewMs) {
    return 'RequestTimeTooSkewed'
  }
  const names = signed.split(';')
  const must = ['host', ...Object.keys(request.headers).filter((name) => name.startsWith('x-amz-'))]
  if (must.some((name) => !names.includes(name))) return 'AccessDenied'
  const hash = createHash('sha256').update(request.body).digest('hex')
  if (request.headers['x-amz-content-sha256'] !== hash) return 'XAmzContentSHA256Mismatch'

  const [path = '', query = ''] = request.address.split('?')
  const pairs = query === '' ? [] : query.split('&').map((pair) => (pair.includes('=') ? pair : `${pair}=`))
  const lines = names.map((name) => `${name}:${(request.headers[name] ?? '').trim()}\n`)
  const canonical = `${request.method}\n${path}\n${pairs.sort().join('&')}\n${lines.join('')}\n${signed}\n${hash}`
  const text = `AWS4-HMAC-SHA256\n${stamp}\n${day}/${region}/s3/aws4_request\n${createHash('sha256').update(canonical).digest('hex')}`
  const seal = (key: string | Buffer, data: string) => createHmac('sha256', key).update(data).digest()
  const key = seal(seal(seal(seal(`AWS4${keys.secretAccessKey}`, day), region), 's3'), 'aws4_request')
  const right = seal(key, text)
  return timingSafeEqual(right, Buffer.from(signature, 'hex')) ? null : 'SignatureDoesNotMatch'
}
