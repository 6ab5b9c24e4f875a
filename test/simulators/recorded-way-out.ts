import type { Exchange, OutboundHttp } from '../../src/channels/http.ts'
import { type OutboundOptions, outboundHttp } from '../../src/channels/outbound-http.ts'

export interface RecordedWayOut {
  readonly http: OutboundHttp
  /** What went by it, redacted. */
  readonly exchanges: Exchange[]
}

/** The way out to a simulator, and what it recorded. */
export function recordedWayOut(options: Omit<OutboundOptions, 'onExchange'>): RecordedWayOut {
  const exchanges: Exchange[] = []
  const http = outboundHttp({ ...options, onExchange: (exchange) => exchanges.push(exchange) })
  return { http, exchanges }
}

/** One that reaches private addresses at this simulator alone. */
export function wayOutTo(baseUrl: string, secrets: readonly string[], timeoutMs: number): RecordedWayOut {
  const allowedOrigins = [new URL(baseUrl).origin]
  return recordedWayOut({ timeoutMs, allowPrivateNetworks: false, allowedOrigins, secrets })
}
