/** A POST that came whole, in the one plain shape that nearly every client sends. */
export interface PlainRequest {
  /** As it stood on the wire. */
  readonly target: string
  readonly authorization: string | null
  /** Empty: there was none. */
  readonly contentType: string
  readonly body: Buffer
}

const mostHeadBytes = 16 * 1024
const mostHeaders = 64

/** RFC 9112: token names, no folding, visible ASCII and blanks in values, CR and LF only together. */
const headPattern = /^POST (\/[!"$-~]*) HTTP\/1\.1\r\n((?:[!#$%&'*+\-.^_`|~0-9A-Za-z]+:[\t\x20-\x7e]*\r\n)+)$/

/**
 * Reads a request that is one chunk, whole and of the plain shape: HTTP/1.1, one Host, a Content-Length that is exactly
 * what follows, and none of the headers that change how a request is read or how its connection lives.
 * Deliberately narrow: whatever is not plainly right is null, and belongs to Node's own parser, so that there is nothing
 * that the two could read in two ways (`plain-request.test.ts` compares them).
 */
export function readPlainRequest(chunk: Buffer): PlainRequest | null {
  const headEnd = chunk.indexOf('\r\n\r\n')
  if (headEnd === -1 || headEnd > mostHeadBytes) return null
  const head = headPattern.exec(chunk.toString('latin1', 0, headEnd + 2))
  if (head === null) return null
  const headers = head[2]!
  const found: Partial<Record<ReadHeader, string>> = {}
  let count = 0
  for (let start = 0; start < headers.length; ) {
    const colon = headers.indexOf(':', start)
    const end = headers.indexOf('\r\n', colon)
    count += 1
    // Most headers are none of those named here: their length tells without a copy of their name.
    const name = namedLengths.has(colon - start) ? headers.slice(start, colon).toLowerCase() : ''
    if (refusedHeaders.has(name)) return null
    if (isRead(name)) {
      if (found[name] !== undefined) return null
      found[name] = headers.slice(colon + 1, end).trim()
    }
    start = end + 2
  }
  if (count > mostHeaders) return null
  const length = found['content-length']
  const bodyStart = headEnd + 4
  if (found.host === undefined || length === undefined || !/^[1-9][0-9]{0,4}$/.test(length)) return null
  if (Number(length) !== chunk.length - bodyStart) return null
  if ((found.connection ?? 'keep-alive').toLowerCase() !== 'keep-alive') return null
  return {
    target: head[1]!,
    authorization: found.authorization ?? null,
    contentType: found['content-type'] ?? '',
    body: chunk.subarray(bodyStart),
  }
}

type ReadHeader = 'host' | 'authorization' | 'connection' | 'content-type' | 'content-length'
const readHeaders: ReadonlySet<string> = new Set<ReadHeader>([
  'host',
  'authorization',
  'connection',
  'content-type',
  'content-length',
])
const refusedHeaders: ReadonlySet<string> = new Set([
  'transfer-encoding',
  'content-encoding',
  'expect',
  'upgrade',
  'trailer',
  'te',
  'proxy-connection',
  'http2-settings',
])
const namedLengths: ReadonlySet<number> = new Set([...readHeaders, ...refusedHeaders].map((name) => name.length))
const isRead = (name: string): name is ReadHeader => readHeaders.has(name)
