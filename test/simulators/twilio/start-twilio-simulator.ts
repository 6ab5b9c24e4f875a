import type { FastifyInstance } from 'fastify'
import type { MessagingSimulator } from '../messaging/messaging-simulator.ts'
import { simulatorCore } from '../messaging/simulator-core.ts'
import { apiRoutes } from './api-routes.ts'
import { callbackQueue } from './callback-queue.ts'
import { type ConsumerExtras, type ConsumerSent, consumerSends } from './consumer-sends.ts'
import { type ContentStatus, contentBook, type SimulatedContent } from './content-book.ts'
import { mediaRoutes } from './media-files.ts'
import { messageBook } from './message-book.ts'
import type { TwilioSimulatorOptions } from './options.ts'
import { personas } from './personas.ts'
import { webhooks } from './webhooks.ts'
import type { TwilioKinds, World } from './world.ts'

export interface TwilioSimulator extends MessagingSimulator<TwilioKinds> {
  /** For `apiBaseUrl`, `lookupsBaseUrl`, `contentBaseUrl` and `messagingBaseUrl`. */
  readonly baseUrl: string
  /** SIDs of the messages whose author was shown that an answer is being written. */
  readonly typed: readonly string[]
  readonly contents: readonly SimulatedContent[]
  /** Where inbound messages to a number, or to a service's numbers, are posted. */
  inboundUrl(numberOrService: string, url: string): void
  /** WhatsApp's word about a submitted content, with its reason. */
  decideContent(sid: string, status: ContentStatus, reason?: string): void
  consumerSends(from: string, to: string, body: string, extras?: ConsumerExtras): Promise<ConsumerSent>
  /** Moves the simulator's clock: dates of messages and of answers. */
  shiftClock(ms: number): void
  /** Forgets messages, contents, faults, blocks, records and the shift of the clock; accounts and addresses stay. */
  reset(): void
}

/** Plays Twilio on a loopback port. @throws Error for a webhook address outside this machine. */
export async function startTwilioSimulator(
  options: TwilioSimulatorOptions,
  more: (app: FastifyInstance, simulator: TwilioSimulator) => void = () => {},
): Promise<TwilioSimulator> {
  const hooks = webhooks()
  const core = simulatorCore<TwilioKinds>(options, personas, hooks)
  const book = messageBook(core.world.journal)
  const callbacks = callbackQueue({
    book,
    webhooks: hooks,
    faults: core.world.faults,
    now: core.world.now,
    auto: options.callbacks === 'auto',
    delayMs: options.statusDelayMs ?? 20,
  })
  const world: World = {
    ...core.world,
    accounts: options.accounts,
    book,
    webhooks: hooks,
    callbacks,
    typed: [],
    blocked: new Set(),
    contents: contentBook(),
    lastInbound: new Map(),
    files: new Map(),
    inboundUrls: new Map(),
  }

  core.app.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_, body, done) =>
    done(null, body),
  )
  apiRoutes(core.app, world)
  mediaRoutes(core.app, world)
  const shared = core.members(callbacks)
  const simulator: TwilioSimulator = {
    ...shared,
    get baseUrl() {
      return world.baseUrl()
    },
    get accepted() {
      return world.journal.entries.filter(({ kind }) => kind === 'create')
    },
    get pending() {
      return callbacks.pending
    },
    typed: world.typed,
    get contents() {
      return world.contents.all
    },
    inboundUrl: (numberOrService, url) => {
      hooks.demand(url)
      world.inboundUrls.set(numberOrService, url)
    },
    decideContent: (sid, status, reason = '') => world.contents.decide(sid, status, reason),
    consumerSends: (from, to, body, extras) => consumerSends(world, from, to, body, extras),
    reset: () => {
      shared.reset()
      book.clear()
      world.typed.splice(0)
      for (const kept of [world.blocked, world.contents, world.lastInbound, world.files]) kept.clear()
    },
  }
  more(core.app, simulator)
  await core.app.listen({ host: '127.0.0.1', port: options.port ?? 0 })
  return simulator
}
