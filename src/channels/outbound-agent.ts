import { createHash } from 'node:crypto'
import { lookup as resolve } from 'node:dns'
import { isIP, type LookupFunction } from 'node:net'
import { Agent, buildConnector } from 'undici'
import { forbiddenAddress, openPorts } from './forbidden-networks.ts'
import type { ClientTls } from './http.ts'

export interface NetworkRules {
  readonly allowPrivateNetworks: boolean
  /** Exact origins (`http://127.0.0.1:9000`) that may lie in a private network. */
  readonly allowedOrigins: readonly string[]
}

/** Refused before a socket was opened: nothing left this machine. */
export class ForbiddenNetwork extends Error {
  readonly code = 'FORBIDDEN_NETWORK'
}

/** Only frees a socket nobody waits for any more: the deadline of an exchange, connecting included, is outboundHttp's. */
export const connectTimeoutMs = 10_000

/** Of agents that show a certificate there is one a brand at most; beyond so many the longest unused is closed. */
const mostAgents = 200

const agents = new Map<string, Agent>()

/**
 * The keep-alive agent for these rules, made at first use and shared by every sender of the process: one connection
 * pool per provider, however many brands; with a certificate of their own, one for that. The rules are checked when a
 * connection is made, on the very addresses that the socket then uses, so a name that resolves differently a moment later
 * gains nothing (SS-02).
 */
export function outboundAgent(rules: NetworkRules, tls?: ClientTls): Agent {
  const key = JSON.stringify([rules.allowPrivateNetworks, ...[...rules.allowedOrigins].sort(), fingerprint(tls)])
  const agent = agents.get(key) ?? makeAgent(rules, tls)
  agents.delete(key)
  agents.set(key, agent)
  const [oldest] = agents
  if (agents.size > mostAgents && oldest !== undefined) {
    agents.delete(oldest[0])
    void oldest[1].close()
  }
  return agent
}

/** Keys need not stand in the process a second time. */
function fingerprint(tls: ClientTls | undefined): string | null {
  if (tls === undefined) return null
  return createHash('sha256')
    .update(JSON.stringify([tls.certificate, tls.key, tls.ca]))
    .digest('base64')
}

/** Closes every shared agent; requests in flight end first. */
export async function closeOutboundAgents(): Promise<void> {
  const open = [...agents.values()]
  agents.clear()
  await Promise.all(open.map((agent) => agent.close()))
}

function makeAgent(rules: NetworkRules, { certificate, key, ca }: ClientTls = {}): Agent {
  const common = {
    timeout: connectTimeoutMs,
    ...(certificate === undefined ? {} : { cert: certificate }),
    ...(key === undefined ? {} : { key }),
    ...(ca === undefined ? {} : { ca }),
  }
  const anywhere = buildConnector(common)
  const guarded = buildConnector({ ...common, lookup: checkedLookup })
  return new Agent({
    pipelining: 1,
    connections: 64,
    headersTimeout: 60_000,
    bodyTimeout: 60_000,
    connect: (options, callback) => {
      const origin = new URL(`${options.protocol}//${options.host ?? options.hostname}`).origin
      if (mayBePrivate(origin, rules)) return anywhere(options, callback)
      const refused = refusal(options.hostname, options.port)
      if (refused) return callback(refused, null)
      return guarded(options, callback)
    },
  })
}

/** Whether an origin is excused from every rule about networks and ports. */
export function mayBePrivate(origin: string, rules: NetworkRules): boolean {
  return rules.allowPrivateNetworks || rules.allowedOrigins.includes(origin)
}

/** `lookup` is not asked about a literal address, so it is judged here. The URL parser has made decimal, octal and hex forms plain. */
export function refusal(hostname: string, port: string): ForbiddenNetwork | undefined {
  const literal = hostname.replace(/^\[|\]$/g, '')
  if (isIP(literal) !== 0 && forbiddenAddress(literal))
    return new ForbiddenNetwork('the address is in a private network')
  if (!openPorts.includes(port)) return new ForbiddenNetwork(`port ${port} is not a port of web services`)
  return undefined
}

/** One forbidden address among several refuses the name: nobody honest mixes them. */
export const checkedLookup: LookupFunction = (hostname, options, callback) => {
  resolve(hostname, { ...options, all: true }, (error, addresses) => {
    if (error) return callback(error, '')
    const first = addresses[0]
    if (!first || addresses.some(({ address }) => forbiddenAddress(address)))
      return callback(new ForbiddenNetwork('the name leads into a private network'), '')
    if (options.all) callback(null, addresses)
    else callback(null, first.address, first.family)
  })
}
