/** What the browser keeps for this person between visits; a full or forbidden store only forgets sooner. */
export function readStored<T>(key: string, otherwise: T): T {
  try {
    const text = localStorage.getItem(`c2m:${key}`)
    return text === null ? otherwise : (JSON.parse(text) as T)
  } catch {
    return otherwise
  }
}

export function writeStored(key: string, value: unknown): void {
  try {
    if (value === null || value === undefined || value === '') localStorage.removeItem(`c2m:${key}`)
    else localStorage.setItem(`c2m:${key}`, JSON.stringify(value))
  } catch {
    // Private windows and full disks: the page works, and forgets when it is left.
  }
}
