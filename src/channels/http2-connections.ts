import { type ClientHttp2Session, connect as connectHttp2 } from 'node:http2'
import { isIP } from 'node:net'
import { connect as connectTls, type TLSSocket } from 'node:tls'
import { errorName } from './error-name.ts'
import { SendFailure } from './failures.ts'
import type { OutboundRequest } from './http.ts'
import { checkedLookup, connectTimeoutMs, mayBePrivate, type NetworkRules, refusal } from './outbound-agent.ts'

export interface Http2Connection {
  readonly session: ClientHttp2Session
  /** By `performance.now()`: when the other end last gave a sign of life. */
  lastHeard: number
  /** After GOAWAY: the last of our streams that the server may have processed; null before. */
  lastTaken: number | null
}

/** A connection silent for so long answers a PING before it carries a message: who forgot it forgets silently. */
const restMs = 30_000
const pingPatienceMs = 2_000
/** A connection nobody uses is closed; Apple asks for few long ones, not for eternal ones. */
const idleMs = 15 * 60_000
/** Beyond so many the oldest is closed: a brand makes one per app. */
const mostConnections = 500

const connections = new Map<string, Promise<Http2Connection>>()
const proofs = new WeakMap<Http2Connection, Promise<boolean>>()

/**
 * The open connection of this name to the URL's host, or a new one; requests that come while it is being made share it.
 * @throws SendFailure `unreachable`: forbidden network, no TLS, no HTTP/2.
 */
export async function http2Connection(
  url: URL,
  wanted: NonNullable<OutboundRequest['http2']>,
  rules: NetworkRules,
): Promise<Http2Connection> {
  const key = JSON.stringify([url.origin, wanted.connection, wanted.ca, mayBePrivate(url.origin, rules)])
  for (;;) {
    const known = connections.get(key)
    if (known === undefined) break
    const connection = await known
    if (usable(connection) && (await alive(connection))) return connection
    if (connections.get(key) === known) connections.delete(key)
    closeHttp2Connection(connection)
  }
  const made = open(url, wanted.ca, rules)
  connections.set(key, made)
  const forget = () => {
    if (connections.get(key) === made) connections.delete(key)
  }
  made.then(({ session }) => void session.once('close', forget), forget)
  const oldest = connections.entries().next().value
  if (connections.size > mostConnections && oldest !== undefined) {
    connections.delete(oldest[0])
    oldest[1].then(closeHttp2Connection, () => {})
  }
  return made
}

/** Lets the connection's streams end and takes no more. */
export function closeHttp2Connection(connection: Http2Connection): void {
  if (!connection.session.destroyed) connection.session.close()
}

/** Closes every connection, as `closeOutboundAgents` does those of HTTP/1: for tests, whose process would stay open for them. */
export async function closeHttp2Connections(): Promise<void> {
  const open = [...connections.values()]
  connections.clear()
  for (const connection of await Promise.allSettled(open))
    if (connection.status === 'fulfilled') connection.value.session.destroy()
}

function usable({ session, lastTaken }: Http2Connection): boolean {
  return !session.closed && !session.destroyed && lastTaken === null
}

function alive(connection: Http2Connection): Promise<boolean> {
  if (performance.now() - connection.lastHeard < restMs) return Promise.resolve(true)
  const asked = proofs.get(connection)
  if (asked !== undefined) return asked
  const proof = new Promise<boolean>((resolve) => {
    const timer = setTimeout(() => resolve(false), pingPatienceMs)
    const answered = (error: Error | null) => {
      clearTimeout(timer)
      if (error === null) connection.lastHeard = performance.now()
      resolve(error === null)
    }
    try {
      if (!connection.session.ping(answered)) answered(new Error('not sent'))
    } catch {
      answered(new Error('not sent'))
    }
  }).finally(() => proofs.delete(connection))
  proofs.set(connection, proof)
  return proof
}

async function open(url: URL, ca: string | undefined, rules: NetworkRules): Promise<Http2Connection> {
  const socket = await secured(url, ca, rules)
  const session = connectHttp2(url.origin, { createConnection: () => socket, settings: { enablePush: false } })
  const connection: Http2Connection = { session, lastHeard: performance.now(), lastTaken: null }
  // Whoever waits for a stream hears of it there.
  session.on('error', () => {})
  session.on('goaway', (_code, lastStreamId) => {
    connection.lastTaken = lastStreamId
  })
  session.setTimeout(idleMs, () => session.close())
  session.unref()
  return connection
}

/** A TLS connection on which HTTP/2 was agreed; until then nothing of a request has left. */
function secured(url: URL, ca: string | undefined, rules: NetworkRules): Promise<TLSSocket> {
  const unreachable = (detail: string) => new SendFailure('unreachable', { detail })
  if (url.protocol !== 'https:') return Promise.reject(unreachable('HTTP/2 is spoken over https only'))
  const free = mayBePrivate(url.origin, rules)
  const refused = free ? undefined : refusal(url.hostname, url.port)
  if (refused) return Promise.reject(unreachable(refused.code))
  const host = url.hostname.replace(/^\[|\]$/g, '')
  return new Promise((resolve, reject) => {
    const socket = connectTls({
      host,
      port: Number(url.port || 443),
      ALPNProtocols: ['h2'],
      minVersion: 'TLSv1.2',
      ...(isIP(host) === 0 ? { servername: host } : {}),
      ...(ca === undefined ? {} : { ca }),
      ...(free ? {} : { lookup: checkedLookup }),
    })
    const end = (failure: SendFailure) => {
      clearTimeout(timer)
      reject(failure)
      socket.destroy()
    }
    const timer = setTimeout(() => end(unreachable('no connection in time')), connectTimeoutMs)
    socket.on('error', (error) => end(unreachable(errorName(error))))
    socket.once('close', () => end(unreachable('the connection was closed')))
    socket.once('secureConnect', () => {
      if (socket.alpnProtocol !== 'h2') return end(unreachable('the server does not speak HTTP/2'))
      clearTimeout(timer)
      resolve(socket)
    })
  })
}
