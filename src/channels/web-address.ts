/**
 * What is wrong with an address that credentials or people's texts travel to, as the end of a sentence; undefined: nothing.
 * It must be encrypted, except on this very machine.
 */
export function wrongWebAddress(address: string): string | undefined {
  if (!URL.canParse(address)) return 'is no web address'
  const url = new URL(address)
  if (url.username !== '' || url.password !== '' || url.hash !== '')
    return 'must be a plain address without user name or fragment'
  const here = /^(localhost|127(\.\d+){3}|\[::1\])$/.test(url.hostname)
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && here)) return 'must begin with https://'
  return undefined
}
