import type { SharedWorld } from '../messaging/messaging-simulator.ts'
import type { FaultMatch, FaultRule, Operation } from './faults.ts'
import type { HookQueue } from './hook-queue.ts'
import type { JournalEntry, MetaSimulatorOptions, SimulatedBusiness, SimulatedNumber } from './options.ts'
import { type Persona, type PersonaName, personas } from './personas.ts'
import type { TemplateBook } from './template-book.ts'
import type { WebhookRecord, Webhooks } from './webhooks.ts'

/** What Meta's simulator has of its own where all have something. */
export interface MetaKinds {
  readonly entry: JournalEntry
  readonly fault: FaultRule
  readonly match: FaultMatch
  readonly persona: Persona
  readonly personaName: PersonaName
  readonly request: SeenRequest
  readonly webhook: WebhookRecord
}

export interface SeenRequest {
  readonly operation: Operation
  /** The version in its path. */
  readonly version: string
  /** The answer's status; null when the connection was cut. */
  status: number | null
}

export interface StoredFile {
  readonly id: string
  readonly phoneNumberId: string
  readonly contentType: string
  readonly bytes: Buffer
}

/** A file that a business gives to Meta in steps: the session knows its type and length before the bytes come. */
export interface Upload {
  readonly wabaId: string
  readonly contentType: string
  readonly length: number
  bytes: Buffer | null
}

/** Everything a running simulator knows, shared by its routes. */
export interface World extends SharedWorld<MetaKinds> {
  readonly options: MetaSimulatorOptions
  readonly templates: TemplateBook
  readonly webhooks: Webhooks
  readonly hooks: HookQueue
  /** When a consumer last wrote to a number: key from `pairKey`, milliseconds. */
  readonly lastInbound: Map<string, number>
  /** When a number sent to a consumer, or to anybody: for the pace. */
  readonly sentAt: Map<string, number[]>
  readonly files: Map<string, StoredFile>
  /** Webhook address of a number or, as the app's own, of a business account. */
  readonly addresses: Map<string, string>
  /** Sessions of uploads, and what was uploaded by its handle. */
  readonly uploads: Map<string, Upload>
  readonly handles: Map<string, Upload>
  /** Files that anybody may fetch here, by name: a brand's own web server, for which this one stands in. */
  readonly published: Map<string, { readonly contentType: string; readonly bytes: Buffer }>
}

export const pairKey = (phoneNumberId: string, consumer: string): string => `${phoneNumberId} ${consumer}`

export function personaOf(world: World, phone: string): Persona {
  return world.personas.get(phone) ?? personas.whatsapp
}

/** WhatsApp's own spelling of a consumer's number. */
export function waIdOf(world: World, phone: string): string {
  return personaOf(world, phone).waId ?? phone.slice(1)
}

/** The consumer that a send names by number or by user id. */
export function consumerNamed(world: World, to: string, recipient: string): string | undefined {
  if (recipient !== '') return [...world.personas].find(([, persona]) => persona.userId === recipient)?.[0]
  return /^\+?[1-9]\d{6,14}$/.test(to) ? `+${to.replace(/^\+/, '')}` : undefined
}

export function numberOf(
  world: World,
  phoneNumberId: string,
): { readonly business: SimulatedBusiness; readonly number: SimulatedNumber } | undefined {
  for (const business of world.options.businesses)
    for (const number of business.numbers) if (number.phoneNumberId === phoneNumberId) return { business, number }
  return undefined
}

/** A number's own address if it has one, else its app's. */
export function addressFor(
  world: World,
  business: SimulatedBusiness,
  phoneNumberId: string | null,
): string | undefined {
  return (
    (phoneNumberId === null ? undefined : world.addresses.get(phoneNumberId)) ?? world.addresses.get(business.wabaId)
  )
}
