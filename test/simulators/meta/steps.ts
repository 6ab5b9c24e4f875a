import type { JournalEntry } from './options.ts'
import { numberOf, personaOf, type World, waIdOf } from './world.ts'

type Json = Readonly<Record<string, unknown>>

/** One status to come. */
export interface Step {
  readonly status: string
  readonly code: number | null
  readonly details: string
}

/** The statuses of a message in their true order, as the consumer's persona or a fault has it. */
export function stepsFor(world: World, entry: JournalEntry, marketing: boolean): readonly Step[] {
  const persona = personaOf(world, entry.consumer)
  const facts = { to: entry.consumer, phoneNumberId: entry.phoneNumberId, bodyIncludes: entry.body }
  const fault = world.faults.take('status', facts)
  const ends = fault?.do === 'end' ? fault.code : marketing ? (persona.endsMarketing ?? persona.ends) : persona.ends
  if (ends !== undefined) {
    const details = fault?.do === 'end' ? (fault.details ?? '') : ''
    return [{ status: 'failed', code: ends, details }]
  }
  const stopsAt = fault?.do === 'stop-at' ? fault.status : persona.stopsAt
  const way =
    persona.reads === 'at-once'
      ? ['sent', 'read']
      : ['sent', 'delivered', ...(persona.reads === 'later' ? ['read'] : [])]
  const last = stopsAt === undefined ? way.length : way.indexOf(stopsAt) + 1
  return way.slice(0, last).map((status) => ({ status, code: null, details: '' }))
}

/** `value` of the webhook that tells a status. */
export function hookValue(world: World, entry: JournalEntry, step: Step, milliseconds: boolean): Json {
  const { consumer, phoneNumberId } = entry
  const persona = personaOf(world, consumer)
  const waId = waIdOf(world, consumer)
  const errors =
    step.code === null
      ? {}
      : {
          errors: [
            {
              code: step.code,
              title: `Error ${step.code}`,
              message: `Error ${step.code}`,
              error_data: { details: step.details },
              href: 'https://developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes/',
            },
          ],
        }
  const recipient = persona.hidesNumber ? {} : { recipient_id: waId }
  const status = {
    id: entry.id,
    status: step.status,
    timestamp: timestamp(world.now(), milliseconds),
    ...recipient,
    ...(persona.userId === undefined ? {} : { recipient_user_id: persona.userId }),
    ...(entry.opaque === null ? {} : { biz_opaque_callback_data: entry.opaque }),
    ...(step.status === 'sent' ? { pricing: { billable: true, pricing_model: 'PMP', category: 'utility' } } : {}),
    ...errors,
  }
  return { messaging_product: 'whatsapp', metadata: metadataOf(world, phoneNumberId), statuses: [status] }
}

export function metadataOf(world: World, phoneNumberId: string): Json {
  const { number } = numberOf(world, phoneNumberId)!
  return { display_phone_number: number.displayPhoneNumber, phone_number_id: phoneNumberId }
}

export function timestamp(at: Date, milliseconds: boolean): string {
  return String(milliseconds ? at.getTime() : Math.floor(at.getTime() / 1000))
}
