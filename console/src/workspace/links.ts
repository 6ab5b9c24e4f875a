export type Piece = { readonly text: string } | { readonly text: string; readonly href: string }

const address = /\bhttps?:\/\/[^\s<>"'`{}|\\^]+/giu
/** Marks that belong to the sentence around an address rather than to it. */
const trailing = /[.,;:!?…)\]}»”’]+$/u

/**
 * A text in pieces, the addresses apart. Only http and https become links, and only as they stand there: what is shown is
 * where it leads. Addresses whose host is written in a mix of scripts, or that carry a name before an @, stay text,
 * since they are made to be misread.
 */
export function piecesOf(text: string): readonly Piece[] {
  const pieces: Piece[] = []
  let end = 0
  for (const match of text.matchAll(address)) {
    const href = match[0].replace(trailing, '')
    if (!isPlain(href)) continue
    if (match.index > end) pieces.push({ text: text.slice(end, match.index) })
    pieces.push({ text: href, href })
    end = match.index + href.length
  }
  if (end < text.length) pieces.push({ text: text.slice(end) })
  return pieces
}

function isPlain(href: string): boolean {
  if (!URL.canParse(href)) return false
  const { username, password, hostname } = new URL(href)
  return (
    username === '' &&
    password === '' &&
    hostname.includes('.') &&
    !hostname.includes('xn--') &&
    /^[\x21-\x7e]+$/.test(href)
  )
}
