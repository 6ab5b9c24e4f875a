import type { Sender } from '../../domain/sender.ts'
import type { OutboundHttp } from '../http.ts'
import { callGraph } from './call-graph.ts'
import { answerFailure } from './error-codes.ts'
import { settingsOf } from './settings.ts'

/**
 * Shows the consumer two blue ticks, and with `typing` that an answer is being written: for 25 seconds, or until it comes.
 * @throws SendFailure when Meta did not say yes.
 */
export async function markRead(
  providerId: string,
  options: { readonly typing: boolean },
  sender: Sender,
  http: OutboundHttp,
): Promise<void> {
  const settings = settingsOf(sender)
  const json = {
    messaging_product: 'whatsapp',
    status: 'read',
    message_id: providerId,
    ...(options.typing ? { typing_indicator: { type: 'text' } } : {}),
  }
  const answer = await callGraph(settings, http, { method: 'POST', path: `/${settings.phoneNumberId}/messages`, json })
  if (answer.status < 200 || answer.status > 299) throw answerFailure(answer)
}
