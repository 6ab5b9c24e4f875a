import { Button, Skeleton } from '@mantine/core'
import { IconArrowDown } from '@tabler/icons-react'
import { Fragment, useEffect, useLayoutEffect, useRef, useState } from 'react'
import { api } from '../api.ts'
import type { Typing } from '../live/live-state.ts'
import { readInto } from '../live/live-store.ts'
import type { MessageView, Thread as ThreadView } from '../live/shapes.ts'
import { toast } from '../ui/toast.tsx'
import { useNow } from '../ui/use-now.ts'
import { dayWords } from './day-words.ts'
import { inviteOf } from './invite-of.ts'
import { MessageRow } from './message-row.tsx'
import type { Outgoing } from './outbox-store.ts'
import { OutgoingRow } from './outgoing-row.tsx'
import names from './thread.module.css'

/** How far from the end somebody may have scrolled and still be carried along, in pixels. */
const nearPx = 80

/**
 * The messages of a conversation. It stays at its end while one is there, and where one is while reading further up; new
 * messages are told to screen readers politely and take no focus.
 */
export function Thread({
  conversationId,
  thread,
  outbox,
  typing,
}: {
  conversationId: string
  thread: ThreadView
  outbox: readonly Outgoing[]
  typing: Typing | null
}) {
  const now = useNow(30_000)
  const box = useRef<HTMLDivElement>(null)
  const { atEnd, unseen, toEnd } = useEnd(box, thread.messages, outbox.length)
  const earlier = useEarlier(conversationId, thread, box)
  const invite = inviteOf(thread)
  const messages = invite === null ? thread.messages : [invite, ...thread.messages]
  let day = ''
  return (
    <div className={names.around}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable to be scrolled by keys */}
      <section ref={box} className={names.thread} tabIndex={0} aria-label="Messages">
        {thread.earlierMessages !== null && (
          <Button
            variant="subtle"
            size="compact-sm"
            className={names.earlier!}
            loading={earlier.loading}
            onClick={earlier.load}
          >
            Earlier messages
          </Button>
        )}
        <ol className={names.messages} aria-live="polite" aria-relevant="additions">
          {messages.map((message) => {
            const words = dayWords(message.createdAt, now)
            const heading = words === day ? null : words
            day = words
            return (
              <Fragment key={message.messageId}>
                {heading !== null && <li className={names.day}>{heading}</li>}
                <MessageRow message={message} />
              </Fragment>
            )
          })}
          {outbox.map((one) => (
            <OutgoingRow key={one.clientId} outgoing={one} />
          ))}
        </ol>
        <TypingLine typing={typing} />
      </section>
      {!atEnd && (
        <Button
          className={names.toEnd!}
          size="compact-sm"
          variant="default"
          radius="xl"
          leftSection={<IconArrowDown size={14} stroke={1.6} />}
          onClick={() => toEnd()}
        >
          {unseen > 0 ? `${unseen} new` : 'To the end'}
        </Button>
      )}
    </div>
  )
}

function TypingLine({ typing }: { typing: Typing | null }) {
  const now = useNow(1_000)
  if (typing === null || Date.parse(typing.until) < now) return <div className={names.typing} aria-hidden />
  return (
    <div className={names.typing} role="status">
      {typing.by === 'consumer' ? 'The consumer is typing' : `${typing.by.name} is typing`}
      <span className={names.dots} aria-hidden />
    </div>
  )
}

function useEnd(box: React.RefObject<HTMLDivElement | null>, messages: readonly MessageView[], outgoing: number) {
  const [atEnd, setAtEnd] = useState(true)
  const [unseen, setUnseen] = useState(0)
  const stays = useRef(true)
  const newest = messages.at(-1)?.messageId
  const before = useRef(newest)
  const toEnd = () => {
    const { current } = box
    if (current !== null) current.scrollTop = current.scrollHeight
  }

  // biome-ignore lint/correctness/useExhaustiveDependencies: at each new message, however the box is
  useLayoutEffect(() => {
    if (stays.current) toEnd()
    else if (newest !== before.current) setUnseen((count) => count + 1)
    before.current = newest
  }, [newest, outgoing])

  useEffect(() => {
    const { current } = box
    if (current === null) return
    const look = () => {
      const end = current.scrollHeight - current.scrollTop - current.clientHeight < nearPx
      stays.current = end
      setAtEnd(end)
      if (end) setUnseen(0)
    }
    current.addEventListener('scroll', look, { passive: true })
    // Pictures that arrive and a keyboard that opens change the heights.
    const sizes = new ResizeObserver(() => {
      if (stays.current) current.scrollTop = current.scrollHeight
    })
    sizes.observe(current)
    for (const child of current.children) sizes.observe(child)
    return () => {
      current.removeEventListener('scroll', look)
      sizes.disconnect()
    }
  }, [box])
  return { atEnd, unseen, toEnd }
}

/** Older messages come in above; what one reads stays where it is. */
function useEarlier(conversationId: string, thread: ThreadView, box: React.RefObject<HTMLDivElement | null>) {
  const [loading, setLoading] = useState(false)
  const load = async () => {
    if (thread.earlierMessages === null) return
    setLoading(true)
    const fromEnd = box.current === null ? 0 : box.current.scrollHeight - box.current.scrollTop
    try {
      const answer = api('GET /api/workspace/conversations/{conversationId}/messages', {
        params: { conversationId },
        query: { before: thread.earlierMessages },
      })
      await readInto(conversationId, answer, (page, known = thread) => {
        const has = new Set(known.messages.map((one) => one.messageId))
        const older = page.messages.filter((one) => !has.has(one.messageId))
        return { ...known, messages: [...older, ...known.messages], earlierMessages: page.earlier }
      })
      requestAnimationFrame(() => {
        if (box.current !== null) box.current.scrollTop = box.current.scrollHeight - fromEnd
      })
    } catch (error) {
      toast({ text: `The earlier messages did not come: ${(error as Error).message}`, kind: 'error' })
    } finally {
      setLoading(false)
    }
  }
  return { loading, load: () => void load() }
}

/** Where the messages will be. */
export function ThreadSkeleton() {
  return (
    <div className={names.thread} aria-busy="true">
      <span className="visually-hidden">Loading the messages</span>
      <div className={names.skeletons}>
        <Skeleton height={40} width="48%" />
        <Skeleton height={40} width="36%" ml="auto" />
        <Skeleton height={64} width="56%" />
        <Skeleton height={40} width="42%" ml="auto" />
      </div>
    </div>
  )
}
