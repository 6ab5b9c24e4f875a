import { createHash, createHmac } from 'node:crypto'

export interface S3Keys {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly region: string
}

export interface S3Request {
  readonly method: 'GET' | 'PUT' | 'POST' | 'DELETE'
  readonly url: URL
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array
}

/**
 * The headers that sign a request to an S3-compatible store: AWS Signature Version 4, header form, with the hash of the
 * whole body (docs.aws.amazon.com, "Authenticating Requests: Using the Authorization Header"). Covers method, path, query,
 * host, every header given, time and body.
 */
export function signS3Request(
  { method, url, headers, body }: S3Request,
  keys: S3Keys,
  at: Date,
): Record<string, string> {
  const stamp = `${at.toISOString().slice(0, 19).replace(/[-:]/g, '')}Z`
  const scope = `${stamp.slice(0, 8)}/${keys.region}/s3/aws4_request`
  const hash = sha256(body)
  const all: Record<string, string> = { ...headers, host: url.host, 'x-amz-content-sha256': hash, 'x-amz-date': stamp }
  const names = Object.keys(all).sort()
  const canonical = [
    method,
    url.pathname,
    canonicalQuery(url),
    ...names.map((name) => `${name}:${all[name]!.trim().replace(/ +/g, ' ')}`),
    '',
    names.join(';'),
    hash,
  ].join('\n')
  const wanted = ['AWS4-HMAC-SHA256', stamp, scope, sha256(canonical)].join('\n')
  let key: Buffer | string = `AWS4${keys.secretAccessKey}`
  for (const part of scope.split('/')) key = hmac(key, part)
  const credential = `Credential=${keys.accessKeyId}/${scope}`
  const signature = `Signature=${hmac(key, wanted).toString('hex')}`
  return { ...all, authorization: `AWS4-HMAC-SHA256 ${credential}, SignedHeaders=${names.join(';')}, ${signature}` }
}

/** As RFC 3986 has it, which is stricter than what addresses are usually written with. */
export const percentEncoded = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`)

/** The path of an object: its name's slashes stay what they are. */
export const objectPath = (name: string): string => name.split('/').map(percentEncoded).join('/')

function canonicalQuery(url: URL): string {
  return [...url.searchParams]
    .map(([name, value]) => `${percentEncoded(name)}=${percentEncoded(value)}`)
    .sort()
    .join('&')
}

const sha256 = (data: Uint8Array | string) => createHash('sha256').update(data).digest('hex')
const hmac = (key: Buffer | string, data: string) => createHmac('sha256', key).update(data).digest()
