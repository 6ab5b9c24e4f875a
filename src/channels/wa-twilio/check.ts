import type { Sender } from '../../domain/sender.ts'
import type { SenderFinding } from '../connector.ts'
import type { OutboundHttp } from '../http.ts'
import { checkAccount, checkService } from '../twilio/check-account.ts'
import { settingsOf } from './settings.ts'

/** See `Connector.check`: the account, and the Messaging Service when there is one. */
export async function check(sender: Sender, http: OutboundHttp, hookUrl: string): Promise<readonly SenderFinding[]> {
  const settings = settingsOf(sender)
  const account = await checkAccount(settings, http)
  const service = settings.messagingServiceSid
  if (!account.ok || service === null) return [account]
  return [account, ...(await checkService(settings, http, service, hookUrl, settings.messagingBaseUrl))]
}
