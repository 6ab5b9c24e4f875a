import { ActionIcon, Button, Menu, Tooltip } from '@mantine/core'
import {
  IconArrowBackUp,
  IconArrowLeft,
  IconArrowsExchange,
  IconCheck,
  IconDots,
  IconEye,
  IconEyeOff,
  IconHandGrab,
  IconInfoCircle,
  IconUserShare,
} from '@tabler/icons-react'
import { useMemo } from 'react'
import type { ConversationView } from '../live/shapes.ts'
import { useLive } from '../live/use-live.ts'
import { useSession } from '../session.ts'
import { ErrorState } from '../ui/error-state.tsx'
import { formatPhone } from '../ui/format-phone.ts'
import { Composer } from './composer.tsx'
import type { ConversationCommand } from './conversation-commands.ts'
import names from './conversation-pane.module.css'
import { channelWords, nameOf } from './lists.ts'
import { OfferLine } from './offer-line.tsx'
import { useOutbox } from './outbox.ts'
import { Thread, ThreadSkeleton } from './thread.tsx'
import type { useThread } from './use-thread.ts'

const icons: Readonly<Record<string, typeof IconCheck>> = {
  take: IconHandGrab,
  close: IconCheck,
  transfer: IconArrowsExchange,
  requeue: IconArrowBackUp,
  'take-over': IconUserShare,
  join: IconEye,
  leave: IconEyeOff,
}

/** The chosen conversation: whose it is, its messages, and where one writes. */
export function ConversationPane({
  conversation,
  opened,
  onBack,
  onDetails,
  detailsOpen,
  commands,
  onAccepted,
}: {
  conversation: ConversationView
  opened: ReturnType<typeof useThread>
  onBack(): void
  onDetails(): void
  detailsOpen: boolean
  commands: readonly ConversationCommand[]
  onAccepted(conversationId: string): void
}) {
  const { conversationId, channel, skill, consumer, owner, state, returnedFor } = conversation
  const { userId } = useSession()
  const { thread, error, again } = opened
  const typing = useLive((live) => live.state?.typing.get(conversationId) ?? null)
  const all = useOutbox(userId)
  const outbox = useMemo(() => {
    const confirmed = new Set(thread?.messages.flatMap((one) => one.clientId ?? []) ?? [])
    return all.filter((one) => one.conversationId === conversationId && !confirmed.has(one.clientId))
  }, [all, thread, conversationId])
  const [main, ...others] = commands
  const number = formatPhone(consumer.phone ?? consumer.address)
  const name = nameOf(conversation)
  return (
    <section className={names.pane} aria-label={`Conversation with ${name}`}>
      <header className={names.head}>
        <ActionIcon
          className={names.back!}
          variant="subtle"
          color="gray"
          aria-label="Back to the list"
          onClick={onBack}
        >
          <IconArrowLeft size={20} stroke={1.6} />
        </ActionIcon>
        <div className={names.title}>
          <h2>
            <bdi>{name}</bdi>
          </h2>
          <div className={names.about}>
            {channelWords[channel]}
            {name !== number && <> · {number}</>} · {skill.name}
            {state === 'closed' && ' · closed'}
            {owner !== null && owner.userId !== userId && ` · with ${owner.name}`}
            {state === 'queued' && returnedFor !== null && ` · ${returnWords[returnedFor]}`}
          </div>
        </div>
        {main !== undefined && <CommandButton command={main} />}
        {others.length > 0 && <MoreMenu commands={others} />}
        <Tooltip label="Details">
          <ActionIcon variant="subtle" color="gray" aria-label="Details" aria-pressed={detailsOpen} onClick={onDetails}>
            <IconInfoCircle size={20} stroke={1.6} />
          </ActionIcon>
        </Tooltip>
      </header>
      <OfferLine conversation={conversation} userId={userId} onAccepted={onAccepted} />
      {thread === null && error !== null && <ErrorState error={error} retry={again} />}
      {thread === null && error === null && <ThreadSkeleton />}
      {thread !== null && (
        <>
          <Thread
            key={conversationId}
            conversationId={conversationId}
            thread={thread}
            outbox={outbox}
            typing={typing}
          />
          <Composer key={`composer ${conversationId}`} conversation={conversation} thread={thread} />
        </>
      )}
    </section>
  )
}

const returnWords = {
  vanished: 'came back, its agent was gone',
  transferred: 'transferred',
  requeued: 'given back',
}

function CommandButton({ command: { id, label, run, main, keys } }: { command: ConversationCommand }) {
  const Icon = icons[id] ?? IconCheck
  return (
    <Tooltip label={keys === null ? label : `${label} (${keys})`}>
      <Button
        size="compact-md"
        fz="sm"
        variant={main ? 'filled' : 'default'}
        leftSection={<Icon size={16} stroke={1.6} />}
        onClick={run}
      >
        {label}
      </Button>
    </Tooltip>
  )
}

function MoreMenu({ commands }: { commands: readonly ConversationCommand[] }) {
  return (
    <Menu position="bottom-end" width={220}>
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" aria-label="More">
          <IconDots size={20} stroke={1.6} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {commands.map(({ id, label, keys, run }) => {
          const Icon = icons[id] ?? IconCheck
          return (
            <Menu.Item
              key={id}
              leftSection={<Icon size={16} stroke={1.6} />}
              rightSection={keys === null ? null : <kbd className={names.keys}>{keys}</kbd>}
              onClick={run}
            >
              {label}
            </Menu.Item>
          )
        })}
      </Menu.Dropdown>
    </Menu>
  )
}
