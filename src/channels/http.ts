/** One request of a connector to its provider. URL and headers may hold secrets: only the redacted `Exchange` is ever kept. */
export interface OutboundRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  /** Bytes are what was encrypted for somebody else: only their number is recorded. */
  readonly body?: string | Uint8Array
  /** Asks for a file: the body of a 2xx answer, at most so many bytes, then comes as `base64` instead of `text`. */
  readonly fileUpTo?: number
  /** Goes over HTTP/2, on a connection kept open and shared by all requests to this host that give the same name. */
  readonly http2?: {
    readonly connection: string
    /** PEM: the one authority that may vouch for the host, instead of the well-known ones. */
    readonly ca?: string
  }
  /** Over HTTP/1.1: what to show an endpoint that asks who calls, and the one authority (PEM) that may vouch for it. */
  readonly tls?: ClientTls
  /** What the record must not hold besides the sender's secrets: this recipient's token or address, and what they read. */
  readonly hide?: { readonly secrets: readonly string[]; readonly texts: readonly string[] }
}

/** PEM texts. */
export interface ClientTls {
  readonly certificate?: string
  readonly key?: string
  /** Instead of the well-known authorities. */
  readonly ca?: string
}

/** The whole answer: at most 256 kB decoded, unless a file was asked for; header names in lower case. */
export interface OutboundAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly text: string
  /** The file asked for with `fileUpTo`; `text` is then empty, and nothing of it is ever recorded. */
  readonly base64?: string
}

/**
 * The one way out of the server. Follows no redirect, reaches no private network unless a setting says so, ends within
 * the provider time-out, and records each exchange, redacted, for the transaction.
 * Throws SendFailure: `unreachable` when certainly no byte of the request left, `unknown-outcome` for anything later.
 */
export type OutboundHttp = (request: OutboundRequest) => Promise<OutboundAnswer>

/** What is kept of one request and its answer. No secret, no whole phone number, no text of a person. */
export interface Exchange {
  readonly method: string
  readonly url: string
  readonly requestBody: string | null
  readonly status: number | null
  readonly answerBody: string | null
  readonly failure: string | null
  readonly startedAt: Date
  readonly durationMs: number
}
