import { percentDecode } from './percent-encoding.ts'

/** Eight are defined; a few more leave room for a client's own. */
const mostParameters = 20

/**
 * The parameters of an `Authorization: OAuth …` header, decoded (RFC 5849 section 3.5.1).
 * @returns null when it is not such a header, is malformed, or names a parameter twice.
 */
export function parseOauth1Header(header: string): ReadonlyMap<string, string> | null {
  if (!/^OAuth /i.test(header)) return null
  const parameters = new Map<string, string>()
  // Sticky and without nested repetition: linear in the header's length.
  const pair = /[ \t]*([\w.~%-]+)[ \t]*=[ \t]*"([^"\\]*)"[ \t]*(,|$)/y
  pair.lastIndex = 'OAuth '.length
  while (pair.lastIndex < header.length) {
    const match = pair.exec(header)
    if (match === null) return null
    const name = percentDecode(match[1]!)
    const value = percentDecode(match[2]!)
    if (name === null || value === null || parameters.has(name) || parameters.size >= mostParameters) return null
    parameters.set(name, value)
    if (match[3] === '') break
  }
  return parameters
}
