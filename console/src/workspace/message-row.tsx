import { Tooltip } from '@mantine/core'
import { IconAlertTriangle, IconCheck, IconChecks, IconClock, IconNote } from '@tabler/icons-react'
import { memo } from 'react'
import type { MessageView } from '../live/shapes.ts'
import { clockTime, exactTime } from '../ui/time.tsx'
import { Attachment } from './attachment.tsx'
import { deliveryWord } from './delivery-words.ts'
import { SafeText } from './safe-text.tsx'
import names from './thread.module.css'

/** One message: what was written large, and who, when and how far it has come small beneath. */
export const MessageRow = memo(function MessageRow({ message }: { message: MessageView }) {
  const { direction, kind, text, media, author, failure } = message
  const word = deliveryWord(message)
  return (
    <li className={names.row} data-side={kind === 'note' ? 'note' : direction} data-message={message.messageId}>
      <div className={names.bubble}>
        <span className="visually-hidden">{speaker(message)}: </span>
        {kind === 'note' && (
          <div className={names.label}>
            <IconNote size={14} stroke={1.6} aria-hidden /> Private note
          </div>
        )}
        {media.map((file) => (
          <Attachment key={file.url} file={file} mine={direction === 'out'} />
        ))}
        {text !== '' && <SafeText text={text} />}
      </div>
      <div className={names.meta}>
        {kind === 'invite' && <span>Invite</span>}
        {kind === 'auto' && <span>Automatic</span>}
        {author !== null && <span>{author.name}</span>}
        <Tooltip label={exactTime(message.createdAt)}>
          <time dateTime={message.createdAt}>{clockTime(message.createdAt)}</time>
        </Tooltip>
        {word !== null && <Delivery message={message} word={word} />}
      </div>
      {failure !== null && (
        <div className={names.failure}>
          <IconAlertTriangle size={14} stroke={1.6} aria-hidden /> {failure.sentence}
        </div>
      )}
    </li>
  )
})

function speaker({ direction, kind, author }: MessageView): string {
  if (kind === 'note') return `Note by ${author?.name ?? 'a colleague'}`
  if (direction === 'in') return 'Consumer'
  return author?.name ?? (kind === 'invite' ? 'Invite' : 'Automatic text')
}

const icons = { queued: IconClock, sent: IconCheck, delivered: IconChecks, read: IconChecks, failed: IconAlertTriangle }

function Delivery({ message, word }: { message: MessageView; word: string }) {
  const Icon = icons[word as keyof typeof icons] ?? IconClock
  const at = message.readAt ?? message.deliveredAt ?? message.sentAt ?? message.createdAt
  return (
    <Tooltip label={`${word}, ${exactTime(message.failedAt ?? at)}`}>
      <span className={names.delivery} data-word={word}>
        <Icon size={14} stroke={1.6} aria-hidden />
        {word}
      </span>
    </Tooltip>
  )
}
