import { ask } from './requests.js'

const bytesOf = (base64url) =>
  Uint8Array.from(atob(base64url.replaceAll('-', '+').replaceAll('_', '/')), (character) => character.charCodeAt(0))

/**
 * Subscribes this browser to Web Push with the app's key. Must be called from a tap: browsers ask the person then.
 * @returns the push address for the server; null where there is no Web Push or the person said no.
 * @throws DOMException when the browser cannot reach its push service.
 */
export async function subscribe({ server, account, app, serviceWorker, scope }) {
  if (!('serviceWorker' in navigator) || !('PushManager' in globalThis)) return null
  if ((await Notification.requestPermission()) !== 'granted') return null
  const query = new URLSearchParams({ account, app })
  const { publicKey } = await ask(server, 'GET', `web-push-key?${query}`)
  await navigator.serviceWorker.register(serviceWorker, scope === undefined ? {} : { scope })
  const { pushManager } = await navigator.serviceWorker.ready
  const key = bytesOf(publicKey)
  const old = await pushManager.getSubscription()
  // A subscription is bound to the key it was made with.
  if (old !== null && !sameBytes(old.options.applicationServerKey, key)) await old.unsubscribe()
  const subscription = await pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key })
  return { platform: 'webpush', subscription: subscription.toJSON() }
}

const sameBytes = (buffer, bytes) =>
  buffer !== null && buffer.byteLength === bytes.length && new Uint8Array(buffer).every((byte, n) => byte === bytes[n])
