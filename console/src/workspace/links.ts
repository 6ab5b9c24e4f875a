export type Piece = { readonly text: string } | { readonly text: string; readonly href: string }

const address = /\bhttps?:\/\/[^\s<>"'`{}|\\^]+/giu
/** Marks that belong to the sentence around an address rather than to it. */
const trailing = '.,;:!?…)]}»”’'
/** Longer ones stay text: browsers' own limit for what can be followed everywhere. */
const longest = 2_048

/**
 * A text in pieces, the addresses apart. Only http and https become links, and only as they stand there: what is shown is
 * where it leads. Addresses whose host is written in a mix of scripts, or that carry a name before an @, stay text,
 * since they are made to be misread.
 */
export function piecesOf(text: string): readonly Piece[] {
  const pieces: Piece[] = []
  let end = 0
  for (const match of text.matchAll(address)) {
    const href = withoutMarks(match[0])
    if (href.length > longest || !isPlain(href)) continue
    if (match.index > end) pieces.push({ text: text.slice(end, match.index) })
    pieces.push({ text: href, href })
    end = match.index + href.length
  }
  if (end < text.length) pieces.push({ text: text.slice(end) })
  return pieces
}

/** By a loop: a regular expression looks again from each mark of a run, which 64 kB of dots make 5 s of. */
function withoutMarks(address: string): string {
  let end = address.length
  while (end > 0 && trailing.includes(address[end - 1]!)) end -= 1
  return address.slice(0, end)
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
