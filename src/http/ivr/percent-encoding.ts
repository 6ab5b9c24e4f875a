/** RFC 5849 section 3.6: all but the unreserved characters of RFC 3986, in upper-case hex of UTF-8. */
export function percentEncode(text: string): string {
  // Most names and values of a signature are made of unreserved characters alone.
  if (/^[\w.~-]*$/.test(text)) return text
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  )
}

/** The inverse of `percentEncode`, taking escapes in either case; null when the escapes are broken. */
export function percentDecode(text: string): string | null {
  if (!text.includes('%')) return text
  try {
    return decodeURIComponent(text)
  } catch {
    return null
  }
}

/**
 * Names and values of a query or form, in order, duplicates kept: `application/x-www-form-urlencoded`, where `+` is a
 * space (RFC 5849 section 3.4.1.3.1). Null when an escape is broken.
 */
export function formDecode(raw: string): readonly (readonly [string, string])[] | null {
  const pairs: (readonly [string, string])[] = []
  for (const pair of raw.split('&')) {
    if (pair === '') continue
    const middle = pair.indexOf('=')
    const name = percentDecode((middle === -1 ? pair : pair.slice(0, middle)).replaceAll('+', ' '))
    const value = percentDecode((middle === -1 ? '' : pair.slice(middle + 1)).replaceAll('+', ' '))
    if (name === null || value === null) return null
    pairs.push([name, value])
  }
  return pairs
}
