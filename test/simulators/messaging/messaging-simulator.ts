import type { FaultCount, FaultRules } from '../fault-rules.ts'
import type { Journal } from './journal.ts'

/** The types in which one provider's simulator differs from another's. */
export interface Kinds {
  /** A line of the journal; `create`: a message that was asked for over the API. */
  readonly entry: { readonly kind: string }
  readonly fault: FaultCount & { readonly phase: string; readonly match?: object }
  /** What a fault looks at. */
  readonly match: object
  readonly persona: object
  readonly personaName: string
  /** A request to the API. */
  readonly request: object
  /** A call of a webhook. */
  readonly webhook: object
}

export interface SimulatorOptions<K extends Kinds> {
  /** Every accepted message is written here and fsync'd before it is answered; read back when the simulator starts. */
  readonly journalPath?: string
  /** `manual` (default): webhooks wait for `drain` or `advance`. `auto`: they go out by themselves, `statusDelayMs` apart. */
  readonly callbacks?: 'manual' | 'auto'
  /** Default 20. */
  readonly statusDelayMs?: number
  /** Called once a message is accepted and journaled, before the answer. A crash test kills its server here. */
  readonly onAccept?: (message: K['entry']) => void | Promise<void>
  readonly personas?: Readonly<Record<string, K['personaName'] | K['persona']>>
  readonly port?: number
}

/** What tests do with the simulator of any messaging provider. */
export interface MessagingSimulator<K extends Kinds> {
  readonly baseUrl: string
  /** Everything the provider took or said, in order. */
  readonly journal: readonly K['entry'][]
  /** The sends among them: the provider's ledger. */
  readonly accepted: readonly K['entry'][]
  /** Requests against the provider's own OpenAPI file; a test asserts that there are none. */
  readonly violations: readonly string[]
  readonly requests: readonly K['request'][]
  readonly webhooks: readonly K['webhook'][]
  /** Webhooks that still wait. */
  readonly pending: number
  /** Called when a message was accepted and journaled, before the answer. */
  onAccept(hook: (message: K['entry']) => void | Promise<void>): void
  fault(rule: K['fault']): void
  clearFaults(): void
  persona(phone: string, persona: K['personaName'] | K['persona']): void
  /** Calls for `publicOrigin` go to `loopbackOrigin`; what is signed names the public one. */
  proxy(publicOrigin: string, loopbackOrigin: string): void
  /** Lets the next webhooks go, each alone, in order; default 1. */
  advance(steps?: number): Promise<void>
  drain(): Promise<void>
  /** Lets every held answer go. */
  release(): void
  /** Moves the simulator's clock. */
  shiftClock(ms: number): void
  /** Forgets what happened, and the shift of the clock; who there is, and addresses, stay. The journal's file keeps its lines. */
  reset(): void
  close(): Promise<void>
}

/** What the routes of any messaging provider share. Nothing in it is ever replaced, so that it may be copied. */
export interface SharedWorld<K extends Kinds> {
  readonly journal: Journal<K['entry']>
  readonly faults: FaultRules<K['fault'], K['match']>
  /** Requests that the provider's own description does not allow. */
  readonly violations: string[]
  readonly requests: K['request'][]
  readonly personas: Map<string, K['persona']>
  readonly onAccept: (message: K['entry']) => void | Promise<void>
  readonly baseUrl: () => string
  readonly now: () => Date
  /** Resolves at the next `release`: an answer is held until then. */
  readonly hold: () => Promise<void>
}
