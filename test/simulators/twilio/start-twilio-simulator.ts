import type { AddressInfo } from 'node:net'
import fastify, { type FastifyInstance } from 'fastify'
import { apiRoutes } from './api-routes.ts'
import { callbackQueue } from './callback-queue.ts'
import { type ConsumerExtras, type ConsumerSent, consumerSends } from './consumer-sends.ts'
import { type ContentStatus, contentBook, type SimulatedContent } from './content-book.ts'
import { type FaultRule, faults } from './faults.ts'
import { openJournal } from './journal.ts'
import { mediaRoutes } from './media-files.ts'
import { messageBook } from './message-book.ts'
import type { JournalEntry, TwilioSimulatorOptions } from './options.ts'
import type { Persona, PersonaName } from './personas.ts'
import { type WebhookRecord, webhooks } from './webhooks.ts'
import { type SeenRequest, toPersona, type World } from './world.ts'

export interface TwilioSimulator {
  /** For `apiBaseUrl`, `lookupsBaseUrl`, `contentBaseUrl` and `messagingBaseUrl`. */
  readonly baseUrl: string
  /** Everything Twilio took or said, in order. */
  readonly journal: readonly JournalEntry[]
  /** The creates among them: the provider's ledger. */
  readonly accepted: readonly JournalEntry[]
  /** Requests against Twilio's own OpenAPI file; a test asserts that there are none. */
  readonly violations: readonly string[]
  readonly requests: readonly SeenRequest[]
  /** SIDs of the messages whose author was shown that an answer is being written. */
  readonly typed: readonly string[]
  readonly webhooks: readonly WebhookRecord[]
  readonly contents: readonly SimulatedContent[]
  /** Callbacks that still wait. */
  readonly pending: number
  /** Called when a message was accepted and journaled, before the answer. */
  onAccept(hook: (message: JournalEntry) => void | Promise<void>): void
  fault(rule: FaultRule): void
  clearFaults(): void
  persona(phone: string, persona: PersonaName | Persona): void
  /** Where inbound messages to a number, or to a service's numbers, are posted. */
  inboundUrl(numberOrService: string, url: string): void
  /** WhatsApp's word about a submitted content, with its reason. */
  decideContent(sid: string, status: ContentStatus, reason?: string): void
  /** Calls for `publicOrigin` go to `loopbackOrigin`, signed as public. */
  proxy(publicOrigin: string, loopbackOrigin: string): void
  consumerSends(from: string, to: string, body: string, extras?: ConsumerExtras): Promise<ConsumerSent>
  advance(steps?: number): Promise<void>
  drain(): Promise<void>
  /** Lets every held answer go. */
  release(): void
  /** Moves the simulator's clock: dates of messages and of answers. */
  shiftClock(ms: number): void
  /** Forgets messages, contents, faults, blocks, records and the shift of the clock; accounts and addresses stay. The journal's file keeps its lines. */
  reset(): void
  close(): Promise<void>
}

/** Plays Twilio on a loopback port. @throws Error for a webhook address outside this machine. */
export async function startTwilioSimulator(
  options: TwilioSimulatorOptions,
  more: (app: FastifyInstance, simulator: TwilioSimulator) => void = () => {},
): Promise<TwilioSimulator> {
  let shiftMs = 0
  const journal = openJournal(options.journalPath)
  const book = messageBook(journal)
  const rules = faults()
  const hooks = webhooks()
  const now = () => new Date(Date.now() + shiftMs)
  const callbacks = callbackQueue({
    book,
    webhooks: hooks,
    faults: rules,
    now,
    auto: options.callbacks === 'auto',
    delayMs: options.statusDelayMs ?? 20,
  })
  const world: World = {
    accounts: options.accounts,
    journal,
    book,
    faults: rules,
    webhooks: hooks,
    callbacks,
    violations: [],
    requests: [],
    typed: [],
    personas: new Map(Object.entries(options.personas ?? {}).map(([phone, persona]) => [phone, toPersona(persona)])),
    blocked: new Set(),
    contents: contentBook(),
    lastInbound: new Map(),
    files: new Map(),
    inboundUrls: new Map(),
    releases: new Set(),
    onAccept: options.onAccept ?? (() => {}),
    now,
  }
  const release = () => {
    for (const go of world.releases) go()
    world.releases.clear()
  }

  const app = fastify({ logger: false, forceCloseConnections: true })
  app.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_, body, done) =>
    done(null, body),
  )
  apiRoutes(app, world)
  mediaRoutes(app, world)
  const simulator: TwilioSimulator = {
    get baseUrl() {
      return `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`
    },
    journal: journal.entries,
    get accepted() {
      return journal.entries.filter(({ kind }) => kind === 'create')
    },
    violations: world.violations,
    requests: world.requests,
    typed: world.typed,
    webhooks: hooks.records,
    get contents() {
      return world.contents.all
    },
    get pending() {
      return callbacks.pending
    },
    onAccept: (hook) => {
      world.onAccept = hook
    },
    fault: (rule) => rules.add(rule),
    clearFaults: () => rules.clear(),
    persona: (phone, persona) => void world.personas.set(phone, toPersona(persona)),
    inboundUrl: (numberOrService, url) => {
      if (!hooks.allowed(url)) throw new Error('The simulator calls webhooks on this machine only.')
      world.inboundUrls.set(numberOrService, url)
    },
    decideContent: (sid, status, reason = '') => world.contents.decide(sid, status, reason),
    proxy: (publicOrigin, loopbackOrigin) => hooks.proxy(publicOrigin, loopbackOrigin),
    consumerSends: (from, to, body, extras) => consumerSends(world, from, to, body, extras),
    advance: (steps = 1) => callbacks.advance(steps),
    drain: () => callbacks.drain(),
    release,
    shiftClock: (ms) => {
      shiftMs += ms
    },
    reset: () => {
      release()
      shiftMs = 0
      rules.clear()
      callbacks.clear()
      book.clear()
      journal.clear()
      for (const list of [world.violations, world.requests, world.typed, hooks.records]) list.splice(0)
      for (const kept of [world.blocked, world.contents, world.lastInbound, world.files]) kept.clear()
    },
    close: async () => {
      release()
      callbacks.clear()
      await app.close()
      journal.close()
    },
  }
  more(app, simulator)
  await app.listen({ host: '127.0.0.1', port: options.port ?? 0 })
  return simulator
}
