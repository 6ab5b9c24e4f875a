import { IconAlertTriangle, IconBan, IconClock, IconPencil } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { memo } from 'react'
import type { ConversationView } from '../live/shapes.ts'
import { duration } from '../ui/duration.ts'
import { ago } from '../ui/time.tsx'
import { useNow } from '../ui/use-now.ts'
import names from './conversation-list.module.css'
import { useDraft } from './drafts.ts'
import { channelWords, nameOf, urgencyOf } from './lists.ts'

/** One conversation in the list: who, their last words, and how long they have waited. */
export const ConversationRow = memo(function ConversationRow({
  conversation,
  chosen,
  userId,
  focusable,
}: {
  conversation: ConversationView
  chosen: boolean
  userId: string
  focusable: boolean
}) {
  const { conversationId, consumer, channel, skill, unread, lastText, lastDirection, state, owner, offer } =
    conversation
  const draft = useDraft(userId, conversationId)
  const fresh = unread > 0 || state === 'queued'
  return (
    <Link
      to="/workspace/$conversationId"
      params={{ conversationId }}
      search={true}
      className={names.row}
      data-row={conversationId}
      data-fresh={fresh}
      tabIndex={focusable ? 0 : -1}
      aria-current={chosen ? 'true' : undefined}
    >
      <span className={names.dot} data-on={fresh} aria-hidden />
      <span className={names.who}>
        <bdi>{nameOf(conversation)}</bdi>
      </span>
      <Waited conversation={conversation} />
      <span className={names.words}>
        {draft.text !== '' ? (
          <>
            <IconPencil size={13} stroke={1.6} aria-hidden /> <em>Draft:</em> <bdi>{draft.text}</bdi>
          </>
        ) : (
          <>
            {lastDirection === 'out' && owner?.userId === userId && <span>You: </span>}
            <bdi>{lastText}</bdi>
          </>
        )}
      </span>
      {unread > 0 && (
        <span className={names.unread}>
          {unread}
          <span className="visually-hidden"> unread</span>
        </span>
      )}
      <span className={names.about}>
        {channelWords[channel]} · {skill.name}
        {owner !== null && owner.userId !== userId && ` · ${owner.name}`}
        {offer?.userId === userId && ' · offered to you'}
        {consumer.optedOut && (
          <span className={names.stopped}>
            <IconBan size={13} stroke={1.6} aria-hidden /> opted out
          </span>
        )}
      </span>
    </Link>
  )
})

const icons = { fine: null, soon: IconClock, late: IconAlertTriangle }

function Waited({
  conversation: { waitingSince, state, closedAt, lastMessageAt },
}: {
  conversation: ConversationView
}) {
  const now = useNow(1_000)
  if (state === 'closed' || waitingSince === null) {
    return <span className={names.time}>{ago(new Date(closedAt ?? lastMessageAt), now)}</span>
  }
  const urgency = urgencyOf(waitingSince, now)
  const Icon = icons[urgency]
  return (
    <span className={names.time} data-urgency={urgency}>
      {Icon !== null && <Icon size={13} stroke={1.8} aria-hidden />}
      <span className="visually-hidden">waits </span>
      {duration(now - Date.parse(waitingSince))}
    </span>
  )
}
