import type { Sender } from '../../domain/sender.ts'
import { settingsOf } from './settings.ts'

const fileId = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/**
 * Whether an address is that of a file which the sender's own provider keeps: no other is ever asked, whatever a webhook
 * says. Where the sender names no provider it is this very server, at whose address the webhook came.
 * @param here the origin of this server; null when it is not known: then a webhook has been through this before.
 */
export function isProviderFile(address: string, sender: Sender, here: string | null): boolean {
  if (!URL.canParse(address)) return false
  const url = new URL(address)
  const folder = `/simulator/provider/${sender.accountId}/${sender.senderId}/files/`
  if (!url.pathname.startsWith(folder) || !fileId.test(url.pathname.slice(folder.length))) return false
  // What stands besides origin and path is none of its addresses.
  if (url.href !== url.origin + url.pathname || !/^https?:$/.test(url.protocol)) return false
  const { baseUrl } = settingsOf(sender)
  const own = baseUrl === null ? here : URL.canParse(baseUrl) ? new URL(baseUrl).origin : ''
  return own === null || url.origin === own
}
