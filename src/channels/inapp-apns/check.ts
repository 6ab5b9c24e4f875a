import type { Sender } from '../../domain/sender.ts'
import type { SenderFinding } from '../connector.ts'
import { SendFailure } from '../failures.ts'
import { providerToken } from './provider-token.ts'
import { settingsOf } from './settings.ts'

/** See `Connector.check`: whether the key can sign. Whether Apple takes it, only a push to a device tells. */
export async function check(sender: Sender): Promise<readonly SenderFinding[]> {
  const what = 'credentials'
  try {
    await providerToken(settingsOf(sender))
    return [{ what, ok: true, sentence: 'The key can sign. Whether Apple takes it, the first push tells.' }]
  } catch (error) {
    if (!(error instanceof SendFailure)) throw error
    return [{ what, ok: false, sentence: 'The APNs key cannot be read: paste the .p8 file unchanged.' }]
  }
}
