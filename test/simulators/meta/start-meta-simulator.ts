import type { AddressInfo } from 'node:net'
import fastify, { type FastifyInstance } from 'fastify'
import { apiRoutes } from './api-routes.ts'
import {
  type ConsumerContent,
  type ConsumerExtras,
  type ConsumerSent,
  consumerPrefers,
  consumerSends,
} from './consumer-sends.ts'
import { type FaultRule, faults } from './faults.ts'
import { hookQueue } from './hook-queue.ts'
import { openJournal } from './journal.ts'
import type { JournalEntry, MetaSimulatorOptions, TemplateState } from './options.ts'
import type { Persona, PersonaName } from './personas.ts'
import { templateBook } from './template-book.ts'
import { decideTemplate } from './template-routes.ts'
import { type WebhookRecord, webhooks } from './webhooks.ts'
import { numberOf, type SeenRequest, toPersona, type World } from './world.ts'

export interface MetaSimulator {
  /** For `graphBaseUrl`. */
  readonly baseUrl: string
  /** Everything Meta took or was told, in order. */
  readonly journal: readonly JournalEntry[]
  /** The sends among them: the provider's ledger. */
  readonly accepted: readonly JournalEntry[]
  /** Requests against Meta's own OpenAPI file; a test asserts that there are none. */
  readonly violations: readonly string[]
  readonly requests: readonly SeenRequest[]
  readonly webhooks: readonly WebhookRecord[]
  /** Changes that still wait for a webhook's 200. */
  readonly pending: number
  /** Called when a message was accepted and journaled, before the answer. */
  onAccept(hook: (message: JournalEntry) => void | Promise<void>): void
  fault(rule: FaultRule): void
  clearFaults(): void
  persona(phone: string, persona: PersonaName | Persona): void
  /** Where webhooks go, of a number (`phoneNumberId`) or of the app (`wabaId`), without asking. */
  callbackUrl(id: string, url: string): void
  /** The same after Meta's handshake; false, and nothing changed, when the address did not answer rightly. */
  subscribe(id: string, url: string, verifyToken?: string): Promise<boolean>
  /** Calls for `publicOrigin` go to `loopbackOrigin`. */
  proxy(publicOrigin: string, loopbackOrigin: string): void
  consumerSends(
    consumer: string,
    phoneNumberId: string,
    content: ConsumerContent,
    extras?: ConsumerExtras,
  ): Promise<ConsumerSent>
  consumerPrefers(consumer: string, phoneNumberId: string, value: 'stop' | 'resume'): Promise<ConsumerSent>
  /** Meta's decision about a template of that name; its webhook waits like any other. */
  decide(
    wabaId: string,
    name: string,
    event: TemplateState,
    details?: { readonly reason?: string; readonly title?: string; readonly description?: string },
  ): void
  /** Puts a file where anybody may fetch it, as a brand's web server would. @returns its address. */
  publish(name: string, contentType: string, bytes: Buffer): string
  /** What was uploaded under this handle. */
  uploaded(handle: string): { readonly contentType: string; readonly bytes: Buffer | null } | undefined
  advance(changes?: number): Promise<void>
  drain(): Promise<void>
  /** Everything that waits for one address goes in one request. */
  drainTogether(): Promise<void>
  /** Lets every held answer go. */
  release(): void
  /** Moves the simulator's clock: the 24 hours, paces, times of webhooks. */
  shiftClock(ms: number): void
  /** Forgets messages, faults, windows, records and the shift of the clock; businesses, addresses and personas stay. */
  reset(): void
  close(): Promise<void>
}

/** Plays Meta's Cloud API on a loopback port. @throws Error for a webhook address outside this machine. */
export async function startMetaSimulator(
  options: MetaSimulatorOptions,
  more: (app: FastifyInstance, simulator: MetaSimulator) => void = () => {},
): Promise<MetaSimulator> {
  let shiftMs = 0
  const journal = openJournal(options.journalPath)
  const rules = faults()
  const calls = webhooks()
  const queue = hookQueue({ webhooks: calls, auto: options.callbacks === 'auto', delayMs: options.statusDelayMs ?? 20 })
  const app = fastify({ logger: false, forceCloseConnections: true })
  const baseUrl = () => `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`
  const world: World = {
    options,
    baseUrl,
    journal,
    templates: templateBook(options.businesses),
    faults: rules,
    webhooks: calls,
    hooks: queue,
    violations: [],
    requests: [],
    personas: new Map(Object.entries(options.personas ?? {}).map(([phone, persona]) => [phone, toPersona(persona)])),
    lastInbound: new Map(),
    sentAt: new Map(),
    files: new Map(),
    addresses: new Map(),
    uploads: new Map(),
    handles: new Map(),
    published: new Map(),
    releases: new Set(),
    onAccept: options.onAccept ?? (() => {}),
    now: () => new Date(Date.now() + shiftMs),
  }
  const release = () => {
    for (const go of world.releases) go()
    world.releases.clear()
  }
  const address = (id: string, url: string) => {
    if (!calls.allowed(url)) throw new Error('The simulator calls webhooks on this machine only.')
    world.addresses.set(id, url)
  }

  apiRoutes(app, world)
  const simulator: MetaSimulator = {
    get baseUrl() {
      return baseUrl()
    },
    journal: journal.entries,
    get accepted() {
      return journal.entries.filter(({ kind }) => kind === 'create')
    },
    violations: world.violations,
    requests: world.requests,
    webhooks: calls.records,
    get pending() {
      return queue.pending
    },
    onAccept: (hook) => {
      world.onAccept = hook
    },
    fault: (rule) => rules.add(rule),
    clearFaults: () => rules.clear(),
    persona: (phone, persona) => void world.personas.set(phone, toPersona(persona)),
    callbackUrl: address,
    subscribe: async (id, url, verifyToken) => {
      const business = numberOf(world, id)?.business ?? options.businesses.find(({ wabaId }) => wabaId === id)
      const proved = await calls.handshake(url, verifyToken ?? business?.verifyToken ?? '')
      if (proved) address(id, url)
      return proved
    },
    proxy: (publicOrigin, loopbackOrigin) => calls.proxy(publicOrigin, loopbackOrigin),
    consumerSends: (consumer, phoneNumberId, content, extras) =>
      consumerSends(world, consumer, phoneNumberId, content, extras),
    consumerPrefers: (consumer, phoneNumberId, value) => consumerPrefers(world, consumer, phoneNumberId, value),
    decide: (wabaId, name, event, details) => {
      const template = world.templates.find(wabaId, name)
      if (template === undefined) throw new Error('The simulator has no such template.')
      decideTemplate(world, template, event, details)
    },
    publish: (name, contentType, bytes) => {
      world.published.set(name, { contentType, bytes })
      return `${baseUrl()}/published/${name}`
    },
    uploaded: (handle) => world.handles.get(handle),
    advance: (changes = 1) => queue.advance(changes),
    drain: () => queue.drain(),
    drainTogether: () => queue.drainTogether(),
    release,
    shiftClock: (ms) => {
      shiftMs += ms
    },
    reset: () => {
      release()
      shiftMs = 0
      rules.clear()
      queue.clear()
      journal.clear()
      world.templates.reset()
      for (const list of [world.violations, world.requests, calls.records]) list.splice(0)
      for (const kept of [world.lastInbound, world.sentAt, world.files, world.uploads, world.handles, world.published])
        kept.clear()
    },
    close: async () => {
      release()
      queue.clear()
      await app.close()
      journal.close()
    },
  }
  more(app, simulator)
  await app.listen({ host: '127.0.0.1', port: options.port ?? 0 })
  return simulator
}
