import { ActionIcon, Popover, TextInput, Tooltip } from '@mantine/core'
import { IconMoodSmile } from '@tabler/icons-react'
import { useState } from 'react'
import names from './composer.module.css'

/** Those that people write to brands and brands to people; the system's own picker has the rest. */
const emoji: readonly (readonly [string, string])[] = Object.entries({
  '🙂': 'smile',
  '😀': 'grin happy',
  '😊': 'blush happy',
  '😉': 'wink',
  '😂': 'laugh tears',
  '😅': 'sweat phew',
  '😍': 'love eyes',
  '🤗': 'hug',
  '🤔': 'think',
  '😕': 'confused',
  '😢': 'cry sad',
  '😞': 'sorry sad',
  '😮': 'surprised',
  '😴': 'sleep',
  '🙏': 'thanks please',
  '👍': 'thumbs up yes',
  '👎': 'thumbs down no',
  '👋': 'wave hello bye',
  '👏': 'clap',
  '🙌': 'hooray',
  '💪': 'strong',
  '🤝': 'handshake deal',
  '✅': 'check done',
  '❌': 'cross wrong',
  '⚠️': 'warning',
  ℹ️: 'information',
  '❓': 'question',
  '❗': 'important',
  '❤️': 'heart love',
  '💚': 'green heart',
  '🎉': 'party celebrate',
  '🎁': 'gift',
  '⭐': 'star',
  '🔥': 'fire',
  '✨': 'sparkles',
  '💡': 'idea',
  '⏰': 'alarm time',
  '⏳': 'wait hourglass',
  '📅': 'calendar date',
  '📞': 'phone call',
  '📱': 'mobile',
  '💬': 'message chat',
  '📧': 'email',
  '📦': 'parcel package',
  '🚚': 'delivery truck',
  '✈️': 'plane flight',
  '🏠': 'home house',
  '🏨': 'hotel',
  '🚗': 'car',
  '💳': 'card payment',
  '💶': 'money euro',
  '💵': 'money dollar',
  '🧾': 'receipt bill',
  '📄': 'page document',
  '📎': 'attachment clip',
  '🔒': 'lock secure',
  '🔑': 'key',
  '🔗': 'link',
  '🔍': 'search look',
  '🛠️': 'tools repair',
  '🎫': 'ticket',
  '📍': 'place pin',
  '☀️': 'sun',
  '☕': 'coffee',
}).map(([sign, words]) => [sign, words] as const)

/** A small list of emoji, searched by word. */
export function EmojiPicker({ onPick, disabled }: { onPick(sign: string): void; disabled: boolean }) {
  const [open, setOpen] = useState(false)
  const [search, setSearch] = useState('')
  const found = emoji.filter(([, words]) => words.includes(search.trim().toLowerCase()))
  const pick = (sign: string) => {
    setOpen(false)
    setSearch('')
    onPick(sign)
  }
  return (
    <Popover opened={open} onChange={setOpen} position="top-start" trapFocus withinPortal>
      <Popover.Target>
        <Tooltip label="Emoji">
          <ActionIcon
            variant="subtle"
            color="gray"
            aria-label="Emoji"
            disabled={disabled}
            onClick={() => setOpen(!open)}
          >
            <IconMoodSmile size={18} stroke={1.6} />
          </ActionIcon>
        </Tooltip>
      </Popover.Target>
      <Popover.Dropdown p="sm">
        <TextInput
          size="xs"
          placeholder="Search emoji"
          aria-label="Search emoji"
          value={search}
          data-autofocus
          onChange={(event) => setSearch(event.currentTarget.value)}
          onKeyDown={(event) => {
            const [first] = found
            if (event.key !== 'Enter' || first === undefined) return
            event.preventDefault()
            pick(first[0])
          }}
        />
        <div className={names.emoji}>
          {found.map(([sign, words]) => (
            <button key={sign} type="button" aria-label={words} title={words} onClick={() => pick(sign)}>
              {sign}
            </button>
          ))}
        </div>
      </Popover.Dropdown>
    </Popover>
  )
}
