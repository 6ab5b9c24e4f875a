import type { AddressInfo } from 'node:net'
import fastify, { type FastifyInstance } from 'fastify'
import { faultRules } from '../fault-rules.ts'
import { fits } from './faults.ts'
import { openJournal } from './journal.ts'
import type { Kinds, MessagingSimulator, SharedWorld, SimulatorOptions } from './messaging-simulator.ts'

/** Webhooks on their way. */
export interface WaitingHooks {
  advance(steps: number): Promise<void>
  drain(): Promise<void>
  clear(): void
}

/** All but what changes by itself: a copy of that would stand still. */
export type SharedMembers<K extends Kinds> = Omit<MessagingSimulator<K>, 'baseUrl' | 'accepted' | 'pending'>

export interface SimulatorCore<K extends Kinds> {
  /** Does not listen yet. */
  readonly app: FastifyInstance
  readonly world: SharedWorld<K>
  members(waiting: WaitingHooks): SharedMembers<K>
}

/**
 * What the simulators of all messaging providers are made of.
 * @param personas those that have a name.
 * @param webhooks the calls that were made.
 */
export function simulatorCore<K extends Kinds>(
  options: SimulatorOptions<K>,
  personas: Readonly<Record<K['personaName'], K['persona']>>,
  webhooks: { readonly records: K['webhook'][]; proxy(publicOrigin: string, loopbackOrigin: string): void },
): SimulatorCore<K> {
  let shiftMs = 0
  let onAccept = options.onAccept ?? (() => {})
  const held = new Set<() => void>()
  const app = fastify({ logger: false, forceCloseConnections: true })
  const toPersona = (given: K['personaName'] | K['persona']): K['persona'] =>
    typeof given === 'string' ? personas[given as K['personaName']] : given
  const world: SharedWorld<K> = {
    journal: openJournal(options.journalPath),
    faults: faultRules<K['fault'], K['match']>(fits),
    violations: [],
    requests: [],
    personas: new Map(Object.entries(options.personas ?? {}).map(([phone, persona]) => [phone, toPersona(persona)])),
    onAccept: (message) => onAccept(message),
    baseUrl: () => `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`,
    now: () => new Date(Date.now() + shiftMs),
    hold: () => new Promise((resolve) => held.add(resolve)),
  }
  const release = () => {
    for (const go of held) go()
    held.clear()
  }
  const members = (waiting: WaitingHooks): SharedMembers<K> => ({
    journal: world.journal.entries,
    violations: world.violations,
    requests: world.requests,
    webhooks: webhooks.records,
    onAccept: (hook) => {
      onAccept = hook
    },
    fault: (rule) => world.faults.add(rule),
    clearFaults: () => world.faults.clear(),
    persona: (phone, persona) => void world.personas.set(phone, toPersona(persona)),
    proxy: (publicOrigin, loopbackOrigin) => webhooks.proxy(publicOrigin, loopbackOrigin),
    advance: (steps = 1) => waiting.advance(steps),
    drain: () => waiting.drain(),
    release,
    shiftClock: (ms) => {
      shiftMs += ms
    },
    reset: () => {
      release()
      shiftMs = 0
      world.faults.clear()
      waiting.clear()
      world.journal.clear()
      for (const list of [world.violations, world.requests, webhooks.records]) list.splice(0)
    },
    close: async () => {
      release()
      waiting.clear()
      await app.close()
      world.journal.close()
    },
  })
  return { app, world, members }
}
