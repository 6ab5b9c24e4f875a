import { useState } from 'react'
import { piecesOf } from './links.ts'
import names from './thread.module.css'

/** More than this is shown in part first: a message of 64 kB is a hundred screens high. */
const mostShown = 1_500

/**
 * What somebody wrote, as text and nothing else. Its direction is its own (`dir="auto"`) and isolated, so that characters
 * that turn the writing around turn nothing but themselves; what piles up on letters is cut at the bubble's edge.
 */
export function SafeText({ text }: { text: string }) {
  const [whole, setWhole] = useState(false)
  const short = whole || text.length <= mostShown
  return (
    <>
      <bdi dir="auto" className={names.text} data-long={text.length > mostShown}>
        {piecesOf(short ? text : `${text.slice(0, mostShown).toWellFormed()}…`).map((piece, place) =>
          'href' in piece ? (
            // biome-ignore lint/suspicious/noArrayIndexKey: pieces of one text never move
            <a key={place} href={piece.href} target="_blank" rel="noopener noreferrer nofollow ugc">
              {piece.text}
            </a>
          ) : (
            piece.text
          ),
        )}
      </bdi>
      {!short && (
        <button type="button" className={names.more} onClick={() => setWhole(true)}>
          Show all {text.length.toLocaleString()} characters
        </button>
      )}
    </>
  )
}
