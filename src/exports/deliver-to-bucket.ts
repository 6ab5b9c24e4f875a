import { type FileHandle, open } from 'node:fs/promises'
import { SendFailure } from '../channels/failures.ts'
import type { OutboundAnswer, OutboundHttp } from '../channels/http.ts'
import type { Destination } from '../domain/export-schedule.ts'
import { withoutTrailing } from '../domain/without-trailing.ts'
import { ExportFailed } from './export-failed.ts'
import { objectPath, type S3Request, signS3Request } from './sign-s3-request.ts'

type Bucket = Extract<Destination, { to: 'bucket' }>

/** What is held of a file at once. A store takes 10,000 parts and none below 5 MiB but the last: 80 GB. */
const partBytes = 8 * 1024 * 1024

/** Where a file goes and by which way. */
export interface BucketWay {
  readonly bucket: Bucket
  readonly secretAccessKey: string
  readonly http: OutboundHttp
  readonly now: () => Date
}

/**
 * Puts a file into an S3-compatible bucket under this name, in the place of an earlier one: by one request, or part by part
 * when it is large. A store shows an object only when all of it is there.
 * @throws ExportFailed with what the store says, in a sentence; the signal's reason.
 */
export async function deliverToBucket(way: BucketWay, name: string, from: string, signal: AbortSignal): Promise<void> {
  const object = objectName(way.bucket, name)
  const file = await open(from, 'r')
  try {
    const { size } = await file.stat()
    if (size <= partBytes) await ask(way, 'PUT', object, {}, await partOf(file, 0, size))
    else await inParts(way, object, file, size, signal)
  } finally {
    await file.close()
  }
}

/** What a file is called in the bucket. */
export const objectName = ({ prefix }: Bucket, name: string): string =>
  prefix === '' ? name : `${withoutTrailing(prefix, '/')}/${name}`

async function inParts(
  way: BucketWay,
  object: string,
  file: FileHandle,
  size: number,
  signal: AbortSignal,
): Promise<void> {
  const begun = await ask(way, 'POST', object, { uploads: '' })
  const uploadId = /<UploadId>([^<]+)<\/UploadId>/.exec(begun.text)?.[1]
  if (uploadId === undefined) throw refused('it began no upload')
  try {
    const parts: string[] = []
    for (let at = 0; at < size; at += partBytes) {
      signal.throwIfAborted()
      const body = await partOf(file, at, Math.min(partBytes, size - at))
      const partNumber = parts.length + 1
      const answer = await ask(way, 'PUT', object, { partNumber: String(partNumber), uploadId: plain(uploadId) }, body)
      const tag = answer.headers.etag
      if (tag === undefined) throw refused('it named no part')
      parts.push(`<Part><PartNumber>${partNumber}</PartNumber><ETag>${escaped(tag)}</ETag></Part>`)
    }
    const list = Buffer.from(`<CompleteMultipartUpload>${parts.join('')}</CompleteMultipartUpload>`)
    const ended = await ask(way, 'POST', object, { uploadId: plain(uploadId) }, list)
    // The answer begins before the store knows: an error may stand in a 200.
    if (!ended.text.includes('<CompleteMultipartUploadResult'))
      throw refused(codeIn(ended.text) ?? 'it did not end the upload')
  } catch (error) {
    // Parts of an upload that nobody ends would be kept, and paid for.
    await ask(way, 'DELETE', object, { uploadId: plain(uploadId) }).catch(() => {})
    throw error
  }
}

async function partOf(file: FileHandle, from: number, bytes: number): Promise<Uint8Array> {
  const part = Buffer.allocUnsafe(bytes)
  for (let at = 0; at < bytes; ) {
    const { bytesRead } = await file.read(part, at, bytes - at, from + at)
    if (bytesRead === 0) throw new ExportFailed('The file was changed while it was delivered.', { forGood: false })
    at += bytesRead
  }
  return part
}

/** One signed request. @throws ExportFailed unless the answer is 2xx. */
async function ask(
  { bucket, secretAccessKey, http, now }: BucketWay,
  method: S3Request['method'],
  object: string,
  query: Readonly<Record<string, string>>,
  body: Uint8Array = new Uint8Array(),
): Promise<OutboundAnswer> {
  const url = new URL(bucket.endpoint)
  if (bucket.addressing === 'host') url.host = `${bucket.bucket}.${url.host}`
  url.pathname = bucket.addressing === 'host' ? `/${objectPath(object)}` : `/${bucket.bucket}/${objectPath(object)}`
  // Written out: the address must be sent exactly as it was signed.
  url.search = Object.entries(query)
    .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`)
    .join('&')
  const keys = { accessKeyId: bucket.accessKeyId, secretAccessKey, region: bucket.region }
  const { host: _host, ...headers } = signS3Request({ method, url, headers: {}, body }, keys, now())
  let answer: OutboundAnswer
  try {
    answer = await http({ method, url: url.href, headers, ...(body.length > 0 ? { body } : {}) })
  } catch (error) {
    if (!(error instanceof SendFailure)) throw error
    throw new ExportFailed(
      /FORBIDDEN_NETWORK/.test(error.message)
        ? 'The bucket’s server lies in a private network, or on a port that web servers do not use; the deployment must allow it (EXPORT_PRIVATE_ORIGINS).'
        : `The bucket’s server could not be reached (${error.message}).`,
      { forGood: false },
    )
  }
  if (answer.status < 200 || answer.status > 299) throw refused(`${answer.status} ${codeIn(answer.text) ?? ''}`.trim())
  return answer
}

/** The store's own word for it: `AccessDenied`. */
const codeIn = (text: string): string | undefined => /<Code>([A-Za-z0-9.]{1,64})<\/Code>/.exec(text)?.[1]

const refused = (why: string) => new ExportFailed(`The bucket refused the file: ${why}.`, { forGood: false })

const entities: Readonly<Record<string, string>> = { lt: '<', gt: '>', quot: '"', apos: "'", amp: '&' }
const plain = (xml: string) => xml.replace(/&(lt|gt|quot|apos|amp);/g, (_, name: string) => entities[name]!)
const escaped = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
