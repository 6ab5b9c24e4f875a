import { createHash, randomUUID } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { type KnownKeys, signatureFault } from './check-signature.ts'

/** What the store does to the next request of its kind, instead of what is right. */
export type S3Fault =
  /** Answers with this; has taken nothing. */
  | { readonly on: 'put' | 'begin' | 'part' | 'complete'; readonly status: number; readonly code: string }
  /** Takes it, and cuts the line before it answers. */
  | { readonly on: 'put' | 'part' | 'complete'; readonly cut: true }
  /** The error stands in a 200: the store began to answer before it knew. */
  | { readonly on: 'complete'; readonly lateCode: string }

export interface S3Simulator {
  readonly endpoint: string
  readonly bucket: string
  readonly keys: KnownKeys
  /** What is in the bucket: only what is whole. */
  readonly objects: ReadonlyMap<string, Buffer>
  /** How often each object came to be there whole. */
  readonly puts: ReadonlyMap<string, number>
  /** Uploads that were begun and neither ended nor given up. */
  readonly openUploads: ReadonlyMap<string, ReadonlyMap<number, Buffer>>
  /** Largest body of one request, in bytes. */
  readonly largest: number
  /** Codes of what was refused, in order. */
  readonly refused: readonly string[]
  fault(fault: S3Fault): void
  close(): Promise<void>
}

/** Smallest part but the last, as stores have it. */
const leastPart = 5 * 1024 * 1024

interface Upload {
  readonly object: string
  readonly parts: Map<number, Buffer>
}

/** An S3-compatible store with one bucket, on a loopback port, named in the path. */
export async function startS3Simulator(
  options: { region?: string; bucket?: string; now?: () => Date } = {},
): Promise<S3Simulator> {
  const { region = 'eu-west-1', bucket = 'exports', now = () => new Date() } = options
  const keys: KnownKeys = {
    accessKeyId: `AK${randomUUID().replaceAll('-', '').slice(0, 18).toUpperCase()}`,
    secretAccessKey: `${randomUUID()}/+${randomUUID()}`,
    region,
  }
  const objects = new Map<string, Buffer>()
  const puts = new Map<string, number>()
  const uploads = new Map<string, Upload>()
  const refused: string[] = []
  const faults: S3Fault[] = []
  let largest = 0
  const server = createServer((request, response) => void serve(request, response))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`

  const refuse = (response: ServerResponse, status: number, code: string) => {
    refused.push(code)
    answer(response, status, `<Error><Code>${code}</Code><Message>No.</Message></Error>`)
  }

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await buffer(request)
    largest = Math.max(largest, body.length)
    const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]))
    const signed = { method: request.method!, address: request.url!, headers, body }
    const wrong = signatureFault(signed, keys, now())
    if (wrong !== null) return refuse(response, 403, wrong)
    const url = new URL(request.url!, `http://${host}`)
    const path = decodeURIComponent(url.pathname)
    if (!path.startsWith(`/${bucket}/`)) return refuse(response, 404, 'NoSuchBucket')
    const object = path.slice(bucket.length + 2)
    const kind = kindOf(request.method!, url)
    if (kind === null) return refuse(response, 405, 'MethodNotAllowed')
    const place = faults.findIndex((one) => one.on === kind)
    const [fault] = place < 0 ? [] : faults.splice(place, 1)
    if (fault !== undefined && 'status' in fault) return refuse(response, fault.status, fault.code)
    if (fault !== undefined && 'lateCode' in fault) {
      refused.push(fault.lateCode)
      return answer(response, 200, `<Error><Code>${fault.lateCode}</Code></Error>`)
    }
    const told = treat(kind, object, url, body)
    if (fault !== undefined) return void response.socket?.destroy()
    if ('code' in told) return refuse(response, told.status, told.code)
    answer(response, told.status, told.text, told.etag)
  }

  type Told = { status: number; text: string; etag?: string } | { status: number; code: string }

  function treat(kind: Kind, object: string, url: URL, body: Buffer): Told {
    const uploadId = url.searchParams.get('uploadId') ?? ''
    const upload = uploads.get(uploadId)
    const store = (whole: Buffer) => {
      objects.set(object, whole)
      puts.set(object, (puts.get(object) ?? 0) + 1)
    }
    if (kind === 'put') {
      store(body)
      return { status: 200, text: '', etag: tagOf(body) }
    }
    if (kind === 'begin') {
      // The id has what must be escaped in XML and in addresses.
      const begun = `${randomUUID()}&+=/`
      uploads.set(begun, { object, parts: new Map() })
      const written = begun.replaceAll('&', '&amp;')
      return {
        status: 200,
        text: `<InitiateMultipartUploadResult><UploadId>${written}</UploadId></InitiateMultipartUploadResult>`,
      }
    }
    if (upload === undefined || upload.object !== object) return { status: 404, code: 'NoSuchUpload' }
    if (kind === 'abort') {
      uploads.delete(uploadId)
      return { status: 204, text: '' }
    }
    if (kind === 'part') {
      upload.parts.set(Number(url.searchParams.get('partNumber')), body)
      return { status: 200, text: '', etag: tagOf(body) }
    }
    const named = [...body.toString().matchAll(/<PartNumber>(\d+)<\/PartNumber><ETag>([^<]+)<\/ETag>/g)]
    const parts = named.map(([, number, tag]) => ({ part: upload.parts.get(Number(number)), tag: tag! }))
    if (parts.length === 0 || parts.some(({ part, tag }) => part === undefined || tagOf(part) !== tag)) {
      return { status: 400, code: 'InvalidPart' }
    }
    if (parts.slice(0, -1).some(({ part }) => part!.length < leastPart)) return { status: 400, code: 'EntityTooSmall' }
    store(Buffer.concat(parts.map(({ part }) => part!)))
    uploads.delete(uploadId)
    return { status: 200, text: '<CompleteMultipartUploadResult></CompleteMultipartUploadResult>' }
  }

  return {
    endpoint: `http://${host}`,
    ...{ bucket, keys, objects, puts, refused },
    get openUploads() {
      return new Map([...uploads].map(([id, { parts }]) => [id, parts]))
    },
    get largest() {
      return largest
    },
    fault: (fault) => void faults.push(fault),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

type Kind = 'put' | 'begin' | 'part' | 'complete' | 'abort'

function kindOf(method: string, url: URL): Kind | null {
  const has = (name: string) => url.searchParams.has(name)
  if (method === 'PUT') return has('partNumber') ? 'part' : 'put'
  if (method === 'POST') return has('uploads') ? 'begin' : has('uploadId') ? 'complete' : null
  return method === 'DELETE' && has('uploadId') ? 'abort' : null
}

const tagOf = (bytes: Buffer) => `"${createHash('md5').update(bytes).digest('hex')}"`

function answer(response: ServerResponse, status: number, text: string, etag?: string): void {
  const headers = { 'content-type': 'application/xml', ...(etag === undefined ? {} : { etag }) }
  response.writeHead(status, headers).end(status === 204 ? undefined : text)
}
