/**
 * What survives the page: the registration, in IndexedDB, because a service worker reads no localStorage. The worker
 * (`service-worker.js`) opens the same database by the same names.
 */
const open = () =>
  new Promise((resolve, reject) => {
    const request = indexedDB.open('c2m-inapp', 1)
    request.onupgradeneeded = () => request.result.createObjectStore('kept')
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error)
  })

const once = async (mode, act) => {
  const database = await open()
  try {
    return await new Promise((resolve, reject) => {
      const request = act(database.transaction('kept', mode).objectStore('kept'))
      request.onsuccess = () => resolve(request.result)
      request.onerror = () => reject(request.error)
    })
  } finally {
    database.close()
  }
}

export const readKept = (key) => once('readonly', (kept) => kept.get(key))
export const writeKept = (key, value) => once('readwrite', (kept) => kept.put(value, key))
export const dropKept = (key) => once('readwrite', (kept) => kept.delete(key))
