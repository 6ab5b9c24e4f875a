/** What a client sends, as far as a proxy must understand it (PostgreSQL manual, "Message Formats"). `bytes`: the whole message. */
export type FrontendMessage = { readonly bytes: Buffer } & (
  | { readonly kind: 'encryption' | 'other' }
  | { readonly kind: 'query'; readonly text: string }
  | { readonly kind: 'parse'; readonly name: string; readonly text: string }
  | { readonly kind: 'bind'; readonly portal: string; readonly statement: string }
  | { readonly kind: 'execute'; readonly portal: string }
)

export interface BackendMessage {
  readonly bytes: Buffer
  /** The tag of a CommandComplete, such as `COMMIT`; else null. */
  readonly completed: string | null
}

/** Codes of the two requests that ask for encryption before the session starts. */
const encryptionCodes = new Set([80_877_103, 80_877_104])

/** Takes the bytes as they come and gives every message that is complete. A session starts with one that has no type. */
export function readFrontend(): (chunk: Buffer) => FrontendMessage[] {
  let rest: Buffer = Buffer.alloc(0)
  let started = false
  return (chunk) => {
    rest = Buffer.concat([rest, chunk])
    const messages: FrontendMessage[] = []
    for (;;) {
      const typed = started ? 1 : 0
      if (rest.length < typed + 4) return messages
      const length = typed + rest.readInt32BE(typed)
      if (rest.length < length) return messages
      const bytes = rest.subarray(0, length)
      rest = rest.subarray(length)
      if (started) messages.push(frontendMessage(bytes))
      else {
        const encryption = length === 8 && encryptionCodes.has(bytes.readInt32BE(4))
        started = !encryption
        messages.push({ kind: encryption ? 'encryption' : 'other', bytes })
      }
    }
  }
}

export function readBackend(): (chunk: Buffer) => BackendMessage[] {
  let rest: Buffer = Buffer.alloc(0)
  return (chunk) => {
    rest = Buffer.concat([rest, chunk])
    const messages: BackendMessage[] = []
    while (rest.length >= 5 && rest.length >= 1 + rest.readInt32BE(1)) {
      const length = 1 + rest.readInt32BE(1)
      const bytes = rest.subarray(0, length)
      rest = rest.subarray(length)
      messages.push({ bytes, completed: bytes[0] === 0x43 ? words(bytes)[0]! : null })
    }
    return messages
  }
}

function frontendMessage(bytes: Buffer): FrontendMessage {
  const [first = '', second = ''] = words(bytes)
  switch (String.fromCharCode(bytes[0]!)) {
    case 'Q':
      return { kind: 'query', bytes, text: first }
    case 'P':
      return { kind: 'parse', bytes, name: first, text: second }
    case 'B':
      return { kind: 'bind', bytes, portal: first, statement: second }
    case 'E':
      return { kind: 'execute', bytes, portal: first }
    default:
      return { kind: 'other', bytes }
  }
}

/** The first two zero-terminated words of a typed message. */
function words(bytes: Buffer): string[] {
  const end = bytes.indexOf(0, 5)
  const next = bytes.indexOf(0, end + 1)
  const text = (from: number, to: number) => bytes.toString('utf8', from, to < 0 ? bytes.length : to)
  return end < 0 ? [text(5, end)] : [text(5, end), text(end + 1, next)]
}
