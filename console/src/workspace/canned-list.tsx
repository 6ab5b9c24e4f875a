import type { CannedReply } from './canned.ts'
import names from './composer.module.css'

export const cannedOptionId = (place: number) => `canned-${place}`

/** The canned replies that fit what was typed after the slash. The field keeps the focus and moves the choice. */
export function CannedList({
  replies,
  chosen,
  known,
  onChoose,
  onPick,
}: {
  replies: readonly CannedReply[]
  chosen: number
  /** Whether there is any at all. */
  known: boolean
  onChoose(place: number): void
  onPick(reply: CannedReply): void
}) {
  return (
    <div className={names.canned}>
      <div className={names.cannedList} role="listbox" id="canned-replies" aria-label="Canned replies">
        {replies.length === 0 && (
          <div className={names.cannedNone} role="option" aria-selected={false} aria-disabled tabIndex={-1}>
            {known
              ? 'No canned reply is called so. Esc closes this list.'
              : 'There are no canned replies yet. An administrator adds them under Texts.'}
          </div>
        )}
        {replies.map((reply, place) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the field, which has the focus, has the keys
          <div
            key={reply.cannedReplyId}
            id={cannedOptionId(place)}
            role="option"
            aria-selected={place === chosen}
            tabIndex={-1}
            onMouseEnter={() => onChoose(place)}
            onMouseDown={(event) => event.preventDefault()}
            onClick={() => onPick(reply)}
          >
            <span>
              /{reply.shortcut} · {reply.title}
              {reply.language === null ? '' : ` · ${reply.language}`}
            </span>
            <small>{reply.text}</small>
          </div>
        ))}
      </div>
    </div>
  )
}
