import type { Faults } from './faults.ts'
import type { HookQueue } from './hook-queue.ts'
import type { Journal } from './journal.ts'
import type { JournalEntry, MetaSimulatorOptions, SimulatedBusiness, SimulatedNumber } from './options.ts'
import { type Persona, type PersonaName, personas } from './personas.ts'
import type { TemplateBook } from './template-book.ts'
import type { Webhooks } from './webhooks.ts'

export interface SeenRequest {
  readonly operation:
    | 'send'
    | 'read'
    | 'create-template'
    | 'delete-template'
    | 'list-templates'
    | 'begin-upload'
    | 'upload'
    | 'media'
    | 'number'
    | 'subscribed-apps'
    | 'file'
    | 'none'
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
export interface World {
  readonly options: MetaSimulatorOptions
  readonly baseUrl: () => string
  readonly journal: Journal
  readonly templates: TemplateBook
  readonly faults: Faults
  readonly webhooks: Webhooks
  readonly hooks: HookQueue
  /** Requests that Meta's own description does not allow. */
  readonly violations: string[]
  readonly requests: SeenRequest[]
  readonly personas: Map<string, Persona>
  /** When a consumer last wrote to a number: key from `pairKey`, milliseconds. */
  readonly lastInbound: Map<string, number>
  /** When a number sent to a consumer, or to anybody: for the pace. */
  readonly sentAt: Map<string, number[]>
  readonly files: Map<string, StoredFile>
  /** Webhook address of a number or, as the app's own, of a business account. */
  readonly addresses: Map<string, string>
  /** Ends every answer that is being held. */
  /** Sessions of uploads, and what was uploaded by its handle. */
  readonly uploads: Map<string, Upload>
  readonly handles: Map<string, Upload>
  /** Files that anybody may fetch here, by name: a brand's own web server, for which this one stands in. */
  readonly published: Map<string, { readonly contentType: string; readonly bytes: Buffer }>
  readonly releases: Set<() => void>
  onAccept: (message: JournalEntry) => void | Promise<void>
  now(): Date
}

export const pairKey = (phoneNumberId: string, consumer: string): string => `${phoneNumberId} ${consumer}`

export function personaOf(world: World, phone: string): Persona {
  return world.personas.get(phone) ?? personas.whatsapp
}

export function toPersona(given: PersonaName | Persona): Persona {
  return typeof given === 'string' ? personas[given] : given
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
