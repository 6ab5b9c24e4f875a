/** Bytes of UTF-8 kept of one text; the longest any provider lets through is a fraction of it. */
const mostBytes = 64 * 1024

/**
 * What a consumer wrote, as it can be kept: PostgreSQL takes no NUL and no half of a surrogate pair, and nobody's message
 * is lost for having one (reliability IN-06, IN-07). Everything else stays as it was written.
 */
export function consumerText(raw: string): string {
  const text = raw.replaceAll('\0', '').toWellFormed()
  if (Buffer.byteLength(text) <= mostBytes) return text
  const bytes = Buffer.from(text)
  let end = mostBytes
  // Not within a character: its later bytes begin with 10.
  while ((bytes[end]! & 0xc0) === 0x80) end -= 1
  return bytes.toString('utf8', 0, end)
}

/** A consumer's id in the brand's app, or a provider's id of a message: one line, at most 255 characters; null: none. */
export function outsideId(raw: string): string | null {
  return raw.length > 0 && raw.length <= 255 && !/[\p{Cc}\p{Cs}]/u.test(raw) ? raw : null
}
