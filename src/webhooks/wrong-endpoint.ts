import { mayBePrivate, refusal } from '../channels/outbound-agent.ts'
import { wrongWebAddress } from '../channels/web-address.ts'

/**
 * What is wrong with an endpoint's address, as a sentence; null: nothing that can be seen before a connection is made.
 * Where a name leads is judged then, on the very address that is connected to.
 */
export function wrongEndpoint(address: string, allowPrivateNetworks: boolean): string | null {
  const fault = wrongWebAddress(address)
  if (fault !== undefined) return `The address ${fault}.`
  const url = new URL(address)
  if (mayBePrivate(url.origin, { allowPrivateNetworks, allowedOrigins: [] })) return null
  if (url.hostname === 'localhost') return 'The address is in a private network.'
  const refused = refusal(url.hostname, url.port)
  if (refused === undefined) return null
  return `${refused.message[0]!.toUpperCase()}${refused.message.slice(1)}.`
}
