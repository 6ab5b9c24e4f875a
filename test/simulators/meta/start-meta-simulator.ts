import type { FastifyInstance } from 'fastify'
import type { MessagingSimulator } from '../messaging/messaging-simulator.ts'
import { simulatorCore } from '../messaging/simulator-core.ts'
import { apiRoutes } from './api-routes.ts'
import {
  type ConsumerContent,
  type ConsumerExtras,
  type ConsumerSent,
  consumerPrefers,
  consumerSends,
} from './consumer-sends.ts'
import { hookQueue } from './hook-queue.ts'
import type { MetaSimulatorOptions, TemplateState } from './options.ts'
import { personas } from './personas.ts'
import { templateBook } from './template-book.ts'
import { decideTemplate } from './template-routes.ts'
import { webhooks } from './webhooks.ts'
import { type MetaKinds, numberOf, type World } from './world.ts'

export interface MetaSimulator extends MessagingSimulator<MetaKinds> {
  /** For `graphBaseUrl`. */
  readonly baseUrl: string
  /** Changes that still wait for a webhook's 200. */
  readonly pending: number
  /** Where webhooks go, of a number (`phoneNumberId`) or of the app (`wabaId`), without asking. */
  callbackUrl(id: string, url: string): void
  /** The same after Meta's handshake; false, and nothing changed, when the address did not answer rightly. */
  subscribe(id: string, url: string, verifyToken?: string): Promise<boolean>
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
  /** Everything that waits for one address goes in one request. */
  drainTogether(): Promise<void>
  /** Moves the simulator's clock: the 24 hours, paces, times of webhooks. */
  shiftClock(ms: number): void
  /** Forgets messages, faults, windows, records and the shift of the clock; businesses, addresses and personas stay. */
  reset(): void
}

/** Plays Meta's Cloud API on a loopback port. @throws Error for a webhook address outside this machine. */
export async function startMetaSimulator(
  options: MetaSimulatorOptions,
  more: (app: FastifyInstance, simulator: MetaSimulator) => void = () => {},
): Promise<MetaSimulator> {
  const calls = webhooks()
  const core = simulatorCore<MetaKinds>(options, personas, calls)
  const queue = hookQueue({ webhooks: calls, auto: options.callbacks === 'auto', delayMs: options.statusDelayMs ?? 20 })
  const world: World = {
    ...core.world,
    options,
    templates: templateBook(options.businesses),
    webhooks: calls,
    hooks: queue,
    lastInbound: new Map(),
    sentAt: new Map(),
    files: new Map(),
    addresses: new Map(),
    uploads: new Map(),
    handles: new Map(),
    published: new Map(),
  }
  const address = (id: string, url: string) => {
    calls.demand(url)
    world.addresses.set(id, url)
  }

  apiRoutes(core.app, world)
  const shared = core.members(queue)
  const simulator: MetaSimulator = {
    ...shared,
    get baseUrl() {
      return world.baseUrl()
    },
    get accepted() {
      return world.journal.entries.filter(({ kind }) => kind === 'create')
    },
    get pending() {
      return queue.pending
    },
    callbackUrl: address,
    subscribe: async (id, url, verifyToken) => {
      const business = numberOf(world, id)?.business ?? options.businesses.find(({ wabaId }) => wabaId === id)
      const proved = await calls.handshake(url, verifyToken ?? business?.verifyToken ?? '')
      if (proved) address(id, url)
      return proved
    },
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
      return `${world.baseUrl()}/published/${name}`
    },
    uploaded: (handle) => world.handles.get(handle),
    drainTogether: () => queue.drainTogether(),
    reset: () => {
      shared.reset()
      world.templates.reset()
      for (const kept of [world.lastInbound, world.sentAt, world.files, world.uploads, world.handles, world.published])
        kept.clear()
    },
  }
  more(core.app, simulator)
  await core.app.listen({ host: '127.0.0.1', port: options.port ?? 0 })
  return simulator
}
