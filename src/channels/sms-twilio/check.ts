import type { Sender } from '../../domain/sender.ts'
import type { SenderFinding } from '../connector.ts'
import type { OutboundHttp } from '../http.ts'
import { checkAccount, checkNumber, checkService } from '../twilio/check-account.ts'
import { settingsOf } from './settings.ts'

/** See `Connector.check`: the account, the number, and where Twilio brings what consumers write. */
export async function check(sender: Sender, http: OutboundHttp, hookUrl: string): Promise<readonly SenderFinding[]> {
  const settings = settingsOf(sender)
  const account = await checkAccount(settings, http)
  if (!account.ok) return [account]
  const findings = [account]
  if (sender.address.startsWith('+')) findings.push(...(await checkNumber(settings, http, sender.address, hookUrl)))
  const service = settings.messagingServiceSid
  if (service !== null) findings.push(...(await checkService(settings, http, service, hookUrl)))
  return findings
}
