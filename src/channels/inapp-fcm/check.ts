import type { Sender } from '../../domain/sender.ts'
import type { SenderFinding } from '../connector.ts'
import { SendFailure } from '../failures.ts'
import type { OutboundHttp } from '../http.ts'
import { accessToken } from './access-token.ts'
import { settingsOf } from './settings.ts'

/** See `Connector.check`: whether Google gives a token for the service account. */
export async function check(sender: Sender, http: OutboundHttp): Promise<readonly SenderFinding[]> {
  const { account } = settingsOf(sender)
  const what = 'credentials'
  if (account === null) return [{ what, ok: false, sentence: 'The service account key cannot be read.' }]
  try {
    await accessToken(account, http)
    return [{ what, ok: true, sentence: 'Google gives a token for the service account.' }]
  } catch (error) {
    if (!(error instanceof SendFailure) || error.kind !== 'misconfigured') throw error
    return [{ what, ok: false, sentence: 'Google refuses the service account key: was it revoked?' }]
  }
}
