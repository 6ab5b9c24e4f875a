/** Path at which the provider of one sender calls us. The connector comes first, so that a person reads it in a proxy's log. */
export function hookPath(connector: string, accountId: string, senderId: string): string {
  return `/hooks/${connector}/${accountId}/${senderId}`
}

/** Name of the query parameter that brings an attempt's token back in a status callback. */
export const attemptParameter = 'attempt'

/** Absolute URL for one message's status callbacks; see `Outgoing.statusUrl`. */
export function statusUrl(
  publicUrl: string,
  sender: { readonly connector: string; readonly accountId: string; readonly senderId: string },
  attemptToken: string,
): string {
  const path = hookPath(sender.connector, sender.accountId, sender.senderId)
  return `${publicUrl}${path}?${attemptParameter}=${attemptToken}`
}
