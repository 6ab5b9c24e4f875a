const ours = 'c2m:'

/** What the browser keeps for this person between visits; a full or forbidden store only forgets sooner. */
export function readStored<T>(key: string, otherwise: T): T {
  try {
    const text = localStorage.getItem(ours + key)
    return text === null ? otherwise : (JSON.parse(text) as T)
  } catch {
    return otherwise
  }
}

export function writeStored(key: string, value: unknown): void {
  try {
    if (value === null || value === undefined || value === '') localStorage.removeItem(ours + key)
    else localStorage.setItem(ours + key, JSON.stringify(value))
  } catch {
    // Private windows and full disks: the page works, and forgets when it is left.
  }
}

/** The keys that begin with `prefix`, in no order. */
export function storedKeys(prefix: string): readonly string[] {
  try {
    return Object.keys(localStorage).flatMap((key) => (key.startsWith(ours + prefix) ? key.slice(ours.length) : []))
  } catch {
    return []
  }
}

/** Calls `heard` when another tab of this browser has written, or taken out, what has a key that begins with `prefix`. */
export function hearStored(prefix: string, heard: (key: string) => void): void {
  if (typeof window === 'undefined') return
  window.addEventListener('storage', ({ key }) => {
    if (key?.startsWith(ours + prefix)) heard(key.slice(ours.length))
  })
}
