import { promisify } from 'node:util'
import { brotliDecompress, gunzip, inflate } from 'node:zlib'
import type { Dispatcher } from 'undici'
import { errorName } from './error-name.ts'
import { SendFailure } from './failures.ts'
import type { Exchange, OutboundAnswer, OutboundHttp, OutboundRequest } from './http.ts'
import { type NetworkRules, outboundAgent } from './outbound-agent.ts'
import { overHttp2, type RawAnswer } from './outbound-http2.ts'
import { redactAnswer, redactBody, redactUrl, textsIn } from './redaction.ts'

export interface OutboundOptions {
  /** Whole exchange, from the call to the last byte of the answer. */
  readonly timeoutMs: number
  readonly allowPrivateNetworks: boolean
  /** Exact origins that may be private, such as the sandbox's own simulator. */
  readonly allowedOrigins?: readonly string[]
  /** Values replaced wherever they appear in a recorded exchange. */
  readonly secrets: readonly string[]
  /** Told of every exchange, good or bad, already redacted. What it throws is ignored: a record never changes an outcome. */
  readonly onExchange: (exchange: Exchange) => void
}

/** Decoded bytes of one answer; providers' answers are a hundredth of this. */
const answerCap = 256 * 1024

/**
 * The way out for one sender (see `OutboundHttp`). Cheap to make per send: connections live in a shared agent.
 * @throws SendFailure from the returned function: `unreachable` when the request was never put on a connection
 *   (refused, DNS, TLS, time-out while connecting, forbidden network, not an http address), else `unknown-outcome`.
 */
export function outboundHttp(options: OutboundOptions): OutboundHttp {
  return async (request) => {
    const startedAt = new Date()
    const began = performance.now()
    // A muddled gateway may echo our headers: what stood in `Authorization` is a secret like any other.
    const credentials = (request.headers.authorization ?? '').split(' ').slice(1)
    const secrets = [...options.secrets, ...credentials, ...(request.hide?.secrets ?? [])]
    const record = (answer: OutboundAnswer | null, failure: string | null): void => {
      const { body, hide } = request
      const texts = [...(hide?.texts ?? []), ...(typeof body === 'string' ? textsIn(body) : [])]
      const exchange: Exchange = {
        method: request.method,
        url: redactUrl(request.url, secrets),
        requestBody: keptBody(body, secrets, texts),
        status: answer?.status ?? null,
        answerBody: answer === null ? null : keptAnswer(answer, secrets, texts),
        failure,
        startedAt,
        durationMs: Math.round(performance.now() - began),
      }
      try {
        options.onExchange(exchange)
      } catch {}
    }
    try {
      const answer = await exchangeOnce(request, options)
      record(answer, null)
      return answer
    } catch (error) {
      const failure =
        error instanceof SendFailure ? error : new SendFailure('unknown-outcome', { detail: errorName(error) })
      record(null, `${failure.kind}: ${failure.message}`)
      throw failure
    }
  }
}

async function exchangeOnce(request: OutboundRequest, options: OutboundOptions): Promise<OutboundAnswer> {
  const url = webAddress(request.url)
  const rules = { allowPrivateNetworks: options.allowPrivateNetworks, allowedOrigins: options.allowedOrigins ?? [] }
  const raw = await (request.http2 === undefined
    ? overHttp1(url, request, rules, options)
    : overHttp2(url, request, rules, { timeoutMs: options.timeoutMs, answerCap }))
  const { status, headers } = raw
  const { fileUpTo } = request
  if (fileUpTo === undefined || status < 200 || status > 299)
    return { status, headers, text: (await decoded(raw, answerCap)).toString('utf8') }
  const file = await decoded(raw, Math.max(fileUpTo, answerCap))
  if (file.length > fileUpTo)
    throw new SendFailure('unknown-outcome', { detail: 'the file is larger than was asked for' })
  return { status, headers, text: '', base64: file.toString('base64') }
}

function overHttp1(
  url: URL,
  request: OutboundRequest,
  rules: NetworkRules,
  options: OutboundOptions,
): Promise<RawAnswer> {
  const agent = outboundAgent(rules, request.tls)
  return new Promise<RawAnswer>((resolve, reject) => {
    const collector = new Collector(resolve, reject, request.fileUpTo ?? 0)
    const deadline = setTimeout(
      () => collector.giveUp(`no whole answer within ${options.timeoutMs} ms`),
      options.timeoutMs,
    )
    collector.onSettled = () => clearTimeout(deadline)
    try {
      agent.dispatch(
        {
          origin: url.origin,
          path: url.pathname + url.search,
          method: request.method,
          headers: { ...request.headers },
          body: request.body ?? null,
          // undici repeats only what it may call idempotent, and only behind another request; nothing of ours ever is.
          idempotent: false,
        },
        collector,
      )
    } catch (error) {
      collector.onResponseError(null, error)
    }
  })
}

function keptBody(
  body: string | Uint8Array | undefined,
  secrets: readonly string[],
  texts: readonly string[],
): string | null {
  if (body === undefined) return null
  return typeof body === 'string' ? redactBody(body, secrets, texts) : `[encrypted, ${body.length} bytes]`
}

function keptAnswer(answer: OutboundAnswer, secrets: readonly string[], texts: readonly string[]): string {
  if (answer.base64 === undefined) return redactAnswer(answer.text, secrets, texts)
  return `[file, ${Buffer.byteLength(answer.base64, 'base64')} bytes]`
}

/** Gathers one answer. `begun` turns true when undici is about to write the request: the line between unsent and unknown. */
class Collector implements Dispatcher.DispatchHandler {
  onSettled: () => void = () => {}
  readonly #resolve: (answer: RawAnswer) => void
  readonly #reject: (failure: SendFailure) => void
  readonly #cap: number
  #controller: Dispatcher.DispatchController | null = null
  #begun = false
  #settled = false
  #status = 0
  #headers: Record<string, string> = {}
  #chunks: Buffer[] = []
  #size = 0

  constructor(resolve: (answer: RawAnswer) => void, reject: (failure: SendFailure) => void, fileUpTo: number) {
    this.#resolve = resolve
    this.#reject = reject
    this.#cap = Math.max(fileUpTo, answerCap)
  }

  /** Ends the exchange now. A request still waiting for its connection is then never written: see `onRequestStart`. */
  giveUp(detail: string): void {
    this.#fail(detail)
    this.#controller?.abort(new Error(detail))
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    // Given up while it waited, or (a repeat by the client library) begun once before: either way, not a byte more.
    if (this.#settled || this.#begun) {
      controller.abort(new Error('given up before it was written'))
      this.#fail('the connection broke and the request was not repeated')
      return
    }
    this.#begun = true
    this.#controller = controller
  }

  onResponseStart(_: unknown, status: number, headers: Record<string, string | string[] | undefined>): void {
    this.#status = status
    this.#headers = {}
    for (const [name, value] of Object.entries(headers)) {
      if (value !== undefined) this.#headers[name.toLowerCase()] = Array.isArray(value) ? value.join(', ') : value
    }
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#size += chunk.length
    if (this.#size > this.#cap) {
      this.#fail(`the answer is larger than ${this.#cap / 1024} kB`)
      controller.abort(new Error('answer too large'))
      return
    }
    this.#chunks.push(Buffer.from(chunk))
  }

  onResponseEnd(): void {
    if (this.#settle())
      this.#resolve({ status: this.#status, headers: this.#headers, bytes: Buffer.concat(this.#chunks) })
  }

  onResponseError(_: unknown, error: unknown): void {
    this.#fail(errorName(error))
  }

  #fail(detail: string): void {
    if (this.#settle()) this.#reject(new SendFailure(this.#begun ? 'unknown-outcome' : 'unreachable', { detail }))
  }

  #settle(): boolean {
    if (this.#settled) return false
    this.#settled = true
    this.onSettled()
    return true
  }
}

/** @throws SendFailure `unreachable` for what is no plain web address: another scheme, or a user name hidden in it. */
function webAddress(address: string): URL {
  const url = URL.canParse(address) ? new URL(address) : null
  const web = url?.protocol === 'https:' || url?.protocol === 'http:'
  if (url === null || !web || url.username !== '' || url.password !== '')
    throw new SendFailure('unreachable', { detail: 'not a plain http or https address' })
  return url
}

const decoders = { gzip: promisify(gunzip), deflate: promisify(inflate), br: promisify(brotliDecompress) } as const

/** We never ask for compression; who compresses all the same is bounded by the decoded size (PO-04). */
async function decoded(raw: RawAnswer, cap: number): Promise<Buffer> {
  const encoding = raw.headers['content-encoding']?.trim().toLowerCase() ?? 'identity'
  if (encoding === 'identity' || raw.bytes.length === 0) return raw.bytes
  if (!Object.hasOwn(decoders, encoding))
    throw new SendFailure('unknown-outcome', { detail: 'the answer has an unknown encoding' })
  try {
    return await decoders[encoding as keyof typeof decoders](raw.bytes, { maxOutputLength: cap })
  } catch (error) {
    throw new SendFailure('unknown-outcome', { detail: `the answer could not be decoded: ${errorName(error)}` })
  }
}
