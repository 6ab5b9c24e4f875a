import { percentEncode } from './percent-encoding.ts'

/**
 * The text that an OAuth 1.0a signature covers (RFC 5849 section 3.4.1).
 * @param uri scheme, host and path as the client used them, without query (section 3.4.1.2).
 * @param parameters decoded names and values of the query, the header (without `realm` and `oauth_signature`) and, for
 *   a form, the body; duplicates kept.
 */
export function oauth1BaseString(
  method: string,
  uri: string,
  parameters: readonly (readonly [string, string])[],
): string {
  const normalized = parameters
    .map(([name, value]) => [percentEncode(name), percentEncode(value)] as const)
    .sort(([aName, aValue], [bName, bValue]) => order(aName, bName) || order(aValue, bValue))
    .map(([name, value]) => `${name}=${value}`)
    .join('&')
  return `${method.toUpperCase()}&${percentEncode(uri)}&${percentEncode(normalized)}`
}

/** Encoded text is ASCII, so that JavaScript's comparison is the byte order which section 3.4.1.3.2 asks for. */
function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
