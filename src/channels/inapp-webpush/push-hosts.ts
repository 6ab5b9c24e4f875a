/**
 * The push services of the browsers. A subscription's endpoint is an address that came from a stranger's browser: whatever is
 * not on this list, or on the sender's own, is never called (SS-01). `*.` stands for any name before.
 */
const wellKnown: readonly string[] = [
  'fcm.googleapis.com',
  '*.push.services.mozilla.com',
  '*.push.apple.com',
  '*.notify.windows.com',
]

/**
 * Whether an endpoint may be called: https at a push service's host, on its usual port. A sender's own entry with a port
 * (`127.0.0.1:4010`) allows just that one, and plain http there when it is this machine: for tests.
 */
export function isPushEndpoint(endpoint: string, more: readonly string[]): boolean {
  if (!URL.canParse(endpoint)) return false
  const url = new URL(endpoint)
  if (url.username !== '' || url.password !== '') return false
  const here = /^(localhost|127(\.\d+){3}|\[::1\])$/.test(url.hostname)
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && here && more.includes(url.host))) return false
  return [...wellKnown, ...more].some((pattern) =>
    pattern.startsWith('*.') ? url.host.endsWith(pattern.slice(1)) : url.host === pattern,
  )
}

/** The sender's own list as it was written. */
export function asPushHosts(text: string): readonly string[] {
  return text
    .toLowerCase()
    .split(/[\s,]+/)
    .filter((host) => host !== '')
}

export function isHostPattern(host: string): boolean {
  return /^(\*\.)?([a-z0-9-]+\.)*[a-z0-9-]+(:\d{1,5})?$/.test(host) || /^\[::1\](:\d{1,5})?$/.test(host)
}
