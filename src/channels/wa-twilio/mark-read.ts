import type { Sender } from '../../domain/sender.ts'
import type { OutboundHttp } from '../http.ts'
import { callTwilio } from '../twilio/call-twilio.ts'
import { createFailure } from '../twilio/error-codes.ts'
import { settingsOf } from './settings.ts'

/**
 * Shows the consumer that an answer is being written, for 25 seconds or until it comes; WhatsApp marks their message as read
 * with it. A read mark alone Twilio cannot give: then nothing is asked of it.
 * @throws SendFailure when Twilio did not say yes.
 */
export async function markRead(
  providerId: string,
  options: { readonly typing: boolean },
  sender: Sender,
  http: OutboundHttp,
): Promise<void> {
  if (!options.typing) return
  const settings = settingsOf(sender)
  const url = `${settings.messagingBaseUrl}/v3/Indicators/Typing.json`
  const json = { channel: 'WHATSAPP', messageId: providerId }
  const answer = await callTwilio(settings, http, { method: 'POST', url, json })
  if (answer.status < 200 || answer.status > 299) throw createFailure(answer)
}
