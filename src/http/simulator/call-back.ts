import type { Deps } from '../../deps.ts'
import type { Sender } from '../../domain/sender.ts'
import { providerSignature, signatureHeader } from './provider-signature.ts'

/** What the simulated provider says to this server; see the simulator connector's `parse`. */
export type ProviderEvent =
  | {
      readonly type: 'message'
      readonly id: string
      readonly from: string
      readonly text: string
      /** Where the provider keeps what was sent, for the sender alone. */
      readonly media: readonly { readonly url: string; readonly contentType: string; readonly fileName: string }[]
    }
  | { readonly type: 'status'; readonly id: string; readonly status: 'sent' | 'delivered' }

export const secretOf = (sender: Sender): string =>
  typeof sender.settings.secret === 'string' ? sender.settings.secret : ''

/**
 * Calls a webhook as a provider does, over HTTP, through the front door.
 * @returns whether it was answered with a yes.
 */
export async function callBack(deps: Deps, sender: Sender, url: string, event: ProviderEvent): Promise<boolean> {
  const { pathname, search } = new URL(url)
  const body = JSON.stringify({ events: [event] })
  const signature = providerSignature(secretOf(sender), 'POST', pathname + search, body)
  const http = deps.outbound(sender, () => {})
  const headers = { 'content-type': 'application/json', [signatureHeader]: signature }
  try {
    const answer = await http({ method: 'POST', url, headers, body })
    return answer.status >= 200 && answer.status < 300
  } catch {
    return false
  }
}
