import type { Sender } from '../../domain/sender.ts'
import type { Found, Outgoing } from '../connector.ts'
import type { OutboundHttp } from '../http.ts'
import { findMessage } from '../twilio/find-message.ts'
import { endsOf } from './send.ts'

/** Looks for a lost WhatsApp message in Twilio's list. @throws SendFailure when Twilio could not be asked. */
export function find(
  out: Outgoing,
  since: Date,
  sender: Sender,
  http: OutboundHttp,
  others: ReadonlySet<string>,
): Promise<Found> {
  return findMessage(endsOf(out, sender), out, since, sender, http, others)
}
