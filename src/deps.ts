import { randomUUID } from 'node:crypto'
import type { Connector, RawHook } from './channels/connector.ts'
import type { Exchange, OutboundHttp } from './channels/http.ts'
import { connectors } from './channels/index.ts'
import { outboundHttp } from './channels/outbound-http.ts'
import { redactBody, redactUrl } from './channels/redaction.ts'
import type { Config } from './config.ts'
import type { Clock } from './domain/clock.ts'
import type { Sender } from './domain/sender.ts'
import type { Logger } from './log.ts'
import { type Metrics, metrics } from './metrics.ts'
import { type AccountCache, accountCache } from './store/account-cache.ts'
import { watchMs } from './store/batch.ts'
import { type CallKeeper, callKeeper } from './store/calls.ts'
import { type Cipher, cipher } from './store/cipher.ts'
import { type Circuits, circuits } from './store/circuits.ts'
import type { Database, DatabaseTarget } from './store/db.ts'
import { type CallOpener, callOpener } from './store/open-call.ts'

/** Everything that lives as long as the process, wired by hand. Actions take it first and know it as a type only. */
export interface Deps {
  readonly config: Config
  /** The address others reach us at, without a slash at the end. */
  readonly publicUrl: string
  readonly log: Logger
  readonly clock: Clock
  readonly db: Database
  /** Where `db` points: the queue's library opens its own pool to the same place. */
  readonly databaseTarget: DatabaseTarget
  readonly cipher: Cipher
  readonly accounts: AccountCache
  /** The hot path's round trips, shared by concurrent requests: one for a stranger, both for a consumer we know. */
  readonly openCall: CallOpener
  readonly keepCall: CallKeeper
  readonly connectors: ReadonlyMap<string, Connector>
  /** Which senders' providers fail just now. */
  readonly circuits: Circuits
  /** The way out for one piece of work with a sender; each exchange, redacted, goes to `onExchange`. */
  readonly outbound: (sender: Sender, onExchange: (exchange: Exchange) => void) => OutboundHttp
  /** The way out to a webhook endpoint; the exchange, without these secrets, goes to `onExchange`. */
  readonly webhookOutbound: (secrets: readonly string[], onExchange: (exchange: Exchange) => void) => OutboundHttp
  /** The way out to the bucket of an export. */
  readonly bucketOutbound: (secrets: readonly string[]) => OutboundHttp
  /** What may be kept of a provider's call to us. */
  readonly redactHook: (sender: Sender, hook: RawHook) => { readonly url: string; readonly body: string }
  readonly metrics: Metrics
  /** This process, as it signs its claims. */
  readonly processId: string
  /** Work that goes on after its request was answered; stopping waits for it. */
  readonly background: Set<Promise<unknown>>
}

/** Of one request to a bucket, which may carry megabytes over a slow line. */
const bucketTimeoutMs = 120_000

const systemClock: Clock = { now: () => new Date(), monotonic: () => performance.now() }

export interface DepsParts {
  readonly config: Config
  readonly publicUrl: string
  readonly log: Logger
  readonly db: Database
  readonly databaseTarget: DatabaseTarget
  readonly secretKey: Buffer
  readonly clock?: Clock
  readonly connectors?: readonly Connector[]
}

export function makeDeps(parts: DepsParts): Deps {
  const seal = cipher(parts.secretKey)
  const byName = new Map((parts.connectors ?? connectors).map((connector) => [connector.name, connector]))
  return {
    config: parts.config,
    publicUrl: parts.publicUrl,
    log: parts.log,
    clock: parts.clock ?? systemClock,
    db: parts.db,
    databaseTarget: parts.databaseTarget,
    cipher: seal,
    accounts: accountCache(parts.db, seal),
    openCall: callOpener(parts.db, parts.config.eligibilityDeadlineMs - watchMs, seal),
    keepCall: callKeeper(parts.db, parts.config.eligibilityDeadlineMs - watchMs),
    connectors: byName,
    circuits: circuits(parts.db, parts.clock ?? systemClock),
    outbound: (sender, onExchange) =>
      outboundHttp({
        timeoutMs: parts.config.providerTimeoutMs,
        allowPrivateNetworks: parts.config.allowPrivateNetworks,
        // The sandbox's pretend provider is this very server.
        allowedOrigins: parts.config.sandbox ? [new URL(parts.publicUrl).origin] : [],
        secrets: secretsOf(sender, byName.get(sender.connector)),
        onExchange,
      }),
    webhookOutbound: (secrets, onExchange) =>
      outboundHttp({
        timeoutMs: parts.config.webhookTimeoutMs,
        allowPrivateNetworks: parts.config.allowPrivateNetworks,
        secrets,
        onExchange,
      }),
    bucketOutbound: (secrets) =>
      outboundHttp({
        timeoutMs: bucketTimeoutMs,
        allowPrivateNetworks: parts.config.allowPrivateNetworks,
        allowedOrigins: parts.config.exportPrivateOrigins,
        secrets,
        onExchange: () => {},
      }),
    redactHook(sender, hook) {
      const secrets = secretsOf(sender, byName.get(sender.connector))
      return { url: redactUrl(hook.url, secrets), body: redactBody(hook.body.toString('utf8'), secrets) }
    },
    metrics: metrics(),
    processId: randomUUID(),
    background: new Set(),
  }
}

/** Values of the settings that the connector marks as secret: what must not stand in any kept exchange. */
function secretsOf(sender: Sender, connector: Connector | undefined): readonly string[] {
  const properties: Record<string, { secret?: unknown }> = connector?.settings.properties ?? {}
  return Object.entries(sender.settings).flatMap(([name, value]) =>
    properties[name]?.secret === true && typeof value === 'string' && value !== '' ? [value] : [],
  )
}
