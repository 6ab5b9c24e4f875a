import { isUtf8 } from 'node:buffer'
import { Problem } from '../../errors.ts'

/** Deeper than any request of the contract; what re-serialises or stores a body may overflow far above it (IN-03). */
const mostDepth = 32

/**
 * Reads a request body as JSON and refuses, before anything else walks it, what breaks elsewhere: nesting beyond 32, NUL
 * and lone surrogates (PostgreSQL), numbers that lose their value, `__proto__` and `constructor` as names.
 * A name given twice: the last one counts, as in `JSON.parse`.
 * @throws Problem `invalid-request` with a sentence that never repeats the body.
 */
export function strictJson(raw: Uint8Array): unknown {
  if (raw.length === 0) throw invalid('is empty')
  if (!isUtf8(raw)) throw invalid('is not UTF-8')
  let value: unknown
  try {
    value = JSON.parse(Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength).toString('utf8'))
  } catch {
    throw invalid('is not JSON')
  }
  inspect(value, 0)
  return value
}

function inspect(value: unknown, depth: number): void {
  if (typeof value === 'string') inspectText(value)
  else if (typeof value === 'number') {
    if (!Number.isFinite(value) || (Number.isInteger(value) && !Number.isSafeInteger(value))) {
      throw invalid('holds a number that is too large')
    }
  } else if (typeof value === 'object' && value !== null) {
    if (depth === mostDepth) throw invalid(`is nested deeper than ${mostDepth}`)
    if (Array.isArray(value)) for (const item of value) inspect(item, depth + 1)
    else
      for (const name of Object.keys(value)) {
        if (name === '__proto__' || name === 'constructor') throw invalid('holds a name that is not allowed')
        inspectText(name)
        inspect((value as Record<string, unknown>)[name], depth + 1)
      }
  }
}

function inspectText(text: string): void {
  if (text.includes('\0') || !text.isWellFormed()) throw invalid('holds a character that is not allowed')
}

const invalid = (what: string) => new Problem('invalid-request', { details: [`The body ${what}.`] })
