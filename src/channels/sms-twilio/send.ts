import type { Sender } from '../../domain/sender.ts'
import type { Outgoing, Sent } from '../connector.ts'
import type { OutboundHttp } from '../http.ts'
import { createMessage } from '../twilio/create-message.ts'
import type { Ends } from '../twilio/ends.ts'
import { isFromNumber } from './settings.ts'

/** Sends one text. @throws SendFailure see `createMessage`. */
export function send(out: Outgoing, sender: Sender, http: OutboundHttp): Promise<Sent> {
  return createMessage(endsOf(out, sender), { Body: out.text }, out, sender, http)
}

export function endsOf(out: Pick<Outgoing, 'to'>, sender: Pick<Sender, 'address'>): Ends {
  return { to: out.to, from: isFromNumber(sender.address) ? sender.address : null }
}
