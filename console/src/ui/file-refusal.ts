const mostBytes = 5 * 1024 * 1024

/** Why a file need not be sent at all, as a sentence; null: the server has the word. */
export function fileRefusal({ name, size }: File): string | null {
  if (size > mostBytes) return `${name} is ${(size / 1024 / 1024).toFixed(1)} MB; at most 5 MB can be sent.`
  if (size === 0) return `${name} is empty.`
  return null
}
