import type { ClientHttp2Stream, IncomingHttpHeaders } from 'node:http2'
import { constants } from 'node:http2'
import { errorName } from './error-name.ts'
import { SendFailure } from './failures.ts'
import type { OutboundRequest } from './http.ts'
import { closeHttp2Connection, type Http2Connection, http2Connection } from './http2-connections.ts'
import type { NetworkRules } from './outbound-agent.ts'

/** An answer as it came, before decoding. */
export interface RawAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly bytes: Buffer
}

/**
 * One request over HTTP/2 and its whole answer. Nothing is repeated here: a request that the server certainly never
 * processed (it said so by GOAWAY or REFUSED_STREAM, RFC 9113 8.7) fails as one that was never sent, and may be made again.
 * @throws SendFailure as `outboundHttp` does.
 */
export async function overHttp2(
  url: URL,
  request: OutboundRequest,
  rules: NetworkRules,
  limits: { readonly timeoutMs: number; readonly answerCap: number },
): Promise<RawAnswer> {
  const ends = performance.now() + limits.timeoutMs
  const late = new SendFailure('unreachable', { detail: `no connection within ${limits.timeoutMs} ms` })
  const connection = await before(ends, late, http2Connection(url, request.http2!, rules))
  return answered(connection, url, request, { ...limits, ends })
}

function answered(
  connection: Http2Connection,
  url: URL,
  request: OutboundRequest,
  limits: { readonly timeoutMs: number; readonly answerCap: number; readonly ends: number },
): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    let settled = false
    const settle = (end: () => void): void => {
      if (settled) return
      settled = true
      clearTimeout(deadline)
      end()
    }
    const fail = (detail: string): void =>
      settle(() =>
        reject(new SendFailure(untouched(connection, stream) ? 'unreachable' : 'unknown-outcome', { detail })),
      )
    const deadline = setTimeout(() => {
      // Silence may mean a dead connection: the next request has it proven first.
      connection.lastHeard = Number.NEGATIVE_INFINITY
      fail(`no whole answer within ${limits.timeoutMs} ms`)
      stream?.close(constants.NGHTTP2_CANCEL)
    }, limits.ends - performance.now())

    let stream: ClientHttp2Stream | undefined
    try {
      stream = connection.session.request(
        { ...request.headers, ':method': request.method, ':path': url.pathname + url.search },
        { endStream: request.body === undefined },
      )
    } catch (error) {
      fail(errorName(error))
      return
    }
    let headers: IncomingHttpHeaders & { ':status'?: number | undefined } = {}
    const chunks: Buffer[] = []
    let size = 0
    let fault = 'the connection was closed'
    stream.on('response', (given) => {
      connection.lastHeard = performance.now()
      headers = given
    })
    stream.on('data', (chunk: Buffer) => {
      size += chunk.length
      if (size <= limits.answerCap) chunks.push(chunk)
      else {
        fail(`the answer is larger than ${limits.answerCap / 1024} kB`)
        stream.close(constants.NGHTTP2_CANCEL)
      }
    })
    stream.on('end', () => {
      const status = headers[':status']
      if (status === undefined) return
      // "Retry on a new connection" (APNs, 5xx): the server may be going down without having said so to the connection.
      if (status >= 500) closeHttp2Connection(connection)
      settle(() => resolve({ status, headers: plain(headers), bytes: Buffer.concat(chunks) }))
    })
    stream.on('error', (error) => {
      fault = errorName(error)
    })
    // What GOAWAY said of this stream is heard a moment after the stream itself has ended.
    stream.on('close', () => setImmediate(() => fail(fault)))
    if (request.body !== undefined) stream.end(request.body)
  })
}

/** True when the server certainly did nothing with the stream. */
function untouched(connection: Http2Connection, stream: ClientHttp2Stream | undefined): boolean {
  if (stream?.id === undefined) return true
  if (stream.rstCode === constants.NGHTTP2_REFUSED_STREAM) return true
  return connection.lastTaken !== null && stream.id > connection.lastTaken
}

function plain(headers: IncomingHttpHeaders): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined || name.startsWith(':') ? [] : [[name, Array.isArray(value) ? value.join(', ') : `${value}`]],
    ),
  )
}

async function before<T>(ends: number, failure: Error, work: Promise<T>): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(() => reject(failure), ends - performance.now())
  try {
    return await Promise.race([work, promise])
  } finally {
    clearTimeout(timer)
  }
}
