import { piecesOf } from './links.ts'
import names from './thread.module.css'

/**
 * What somebody wrote, as text and nothing else. Its direction is its own (`dir="auto"`) and isolated, so that characters
 * that turn the writing around turn nothing but themselves; marks piled on letters are cut at the line's edge by the style.
 */
export function SafeText({ text }: { text: string }) {
  return (
    <bdi dir="auto" className={names.text}>
      {piecesOf(text).map((piece, place) =>
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
  )
}
