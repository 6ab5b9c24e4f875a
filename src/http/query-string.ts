/** Enough for every door; a request with more is an attack on whoever loops over them (reliability IN-18). */
const mostParameters = 50

const refused = new WeakSet<object>()

/**
 * The query of a request as names and values, in a map without a prototype: `__proto__` in it is a name like any other.
 * A name that comes twice has a list as its value, which no door's schema takes. Never throws, because the router calls
 * it where nobody could answer: what must be refused is remembered for `isRefusedQuery`.
 */
export function parseQueryString(raw: string): Record<string, string | string[]> {
  const query: Record<string, string | string[]> = Object.create(null)
  if (raw === '') return query
  const pairs = raw.split('&', mostParameters + 1)
  if (pairs.length > mostParameters) {
    refused.add(query)
    return query
  }
  for (const pair of pairs) {
    if (pair === '') continue
    const middle = pair.indexOf('=')
    const name = decode(middle === -1 ? pair : pair.slice(0, middle))
    const value = decode(middle === -1 ? '' : pair.slice(middle + 1))
    if (name === null || value === null || name === '__proto__') {
      refused.add(query)
      return query
    }
    const before = query[name]
    query[name] = before === undefined ? value : Array.isArray(before) ? [...before, value] : [before, value]
  }
  return query
}

/** Whether the query was too long, badly escaped or held a NUL: nobody can tell what was asked. */
export function isRefusedQuery(query: unknown): boolean {
  return typeof query === 'object' && query !== null && refused.has(query)
}

function decode(text: string): string | null {
  if (!/[%+\0]/.test(text)) return text
  try {
    const decoded = decodeURIComponent(text.replaceAll('+', ' '))
    return decoded.includes('\0') ? null : decoded
  } catch {
    return null
  }
}
