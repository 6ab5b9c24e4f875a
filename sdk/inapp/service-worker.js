/*
 * Wakes up when a push comes, however many pages are open or none: shows it, says that it was delivered, and opens the
 * chat when it is tapped. Serve this file from your own site; a service worker of your own can `importScripts` it.
 */
const kept = () =>
  new Promise((resolve) => {
    const request = indexedDB.open('c2m-inapp', 1)
    request.onupgradeneeded = () => request.result.createObjectStore('kept')
    request.onerror = () => resolve(undefined)
    request.onsuccess = () => {
      const read = request.result.transaction('kept', 'readonly').objectStore('kept').get('registration')
      read.onsuccess = () => {
        resolve(read.result)
        request.result.close()
      }
      read.onerror = () => resolve(undefined)
    }
  })

async function ask(method, path, body) {
  const registration = await kept()
  if (registration === undefined) return
  await fetch(`${registration.server}/api/device/${path}`, {
    method,
    headers: { authorization: `Bearer ${registration.deviceToken}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
    credentials: 'omit',
  })
}

async function tellPages(message) {
  const pages = await self.clients.matchAll({ type: 'window', includeUncontrolled: true })
  for (const page of pages) page.postMessage(message)
  return pages
}

/** Null for a push of somebody else's. */
function pushIn(data) {
  try {
    const push = data.json()
    return push.backendService === 'c2m' && typeof push.id === 'string' ? push : null
  } catch {
    return null
  }
}

async function show(push) {
  await Promise.allSettled([
    // The same tag at every copy: a push that comes twice is shown once.
    self.registration.showNotification(push.title ?? push.body ?? '', {
      body: push.title === undefined ? '' : push.body,
      tag: push.id,
      data: { id: push.id },
    }),
    ask('POST', 'receipts', { messageIds: [push.id], status: 'delivered' }),
    tellPages({ type: 'c2m-push', id: push.id }),
  ])
}

self.addEventListener('push', (event) => {
  const push = event.data === null ? null : pushIn(event.data)
  if (push !== null) event.waitUntil(show(push))
})

async function openChat(id) {
  const [page] = await tellPages({ type: 'c2m-tapped', id })
  if (page !== undefined) return page.focus()
  const registration = await kept()
  return self.clients.openWindow(registration?.chatUrl ?? '/')
}

self.addEventListener('notificationclick', (event) => {
  const id = event.notification.data?.id
  if (id === undefined) return
  event.notification.close()
  event.waitUntil(openChat(id))
})

async function renew(options) {
  const subscription = await self.registration.pushManager.subscribe(options)
  await ask('PUT', 'registration', { platform: 'webpush', subscription: subscription.toJSON() })
}

self.addEventListener('pushsubscriptionchange', (event) => {
  if (event.oldSubscription) event.waitUntil(renew(event.oldSubscription.options))
})
