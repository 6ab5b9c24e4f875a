import { useEffect, useState } from 'react'
import { api } from '../api.ts'
import type { ConversationView, Thread } from '../live/shapes.ts'
import { useLive } from '../live/use-live.ts'
import { readThread } from './deeds.ts'

/**
 * The chosen conversation, whole. Read when it is opened, and again when what one may do with it could have changed; its
 * messages come by the stream in between. Null: none is chosen, and nothing is asked.
 */
export function useThread(
  conversationId: string | null,
  conversation: ConversationView | undefined,
): { thread: Thread | null; error: unknown; again(): void } {
  const thread = useLive(({ state }) => (conversationId === null ? null : (state?.threads.get(conversationId) ?? null)))
  const line = useLive((live) => live.line)
  const since = useLive((live) => live.since)
  const snapshots = useLive((live) => live.state?.snapshots)
  const [failed, setFailed] = useState<{ id: string; error: unknown } | null>(null)
  const [tries, setTries] = useState(0)
  const { state, owner, consumer, version, lastInboundAt } = conversation ?? {}
  const key = [
    line === 'live' ? since : 0,
    snapshots,
    state,
    owner?.userId,
    consumer?.optedOut,
    lastInboundAt,
    version,
    tries,
  ].join('|')

  // biome-ignore lint/correctness/useExhaustiveDependencies: `key` stands for all that makes reading it again worth while
  useEffect(() => {
    if (line !== 'live' || conversationId === null) return
    const stop = new AbortController()
    readThread(conversationId, stop.signal)
      .then(() => setFailed(null))
      .catch((error) => {
        if (!stop.signal.aborted) setFailed({ id: conversationId, error })
      })
    return () => stop.abort()
  }, [conversationId, key])

  return {
    thread,
    error: failed !== null && failed.id === conversationId ? failed.error : null,
    again: () => setTries((count) => count + 1),
  }
}

/** Tells that its owner has seen it, while the page is looked at. */
export function useSeen(conversation: ConversationView | undefined, userId: string): void {
  const mine = conversation?.owner?.userId === userId
  const { conversationId = null, unread = 0, lastMessageAt } = conversation ?? {}
  // biome-ignore lint/correctness/useExhaustiveDependencies: at each new message as well
  useEffect(() => {
    if (!mine || unread === 0 || conversationId === null) return
    const tell = () => {
      if (document.hidden || !document.hasFocus()) return
      api('POST /api/workspace/conversations/{conversationId}/seen', { params: { conversationId }, body: {} }).catch(
        () => {},
      )
    }
    tell()
    window.addEventListener('focus', tell)
    return () => window.removeEventListener('focus', tell)
  }, [mine, unread, conversationId, lastMessageAt])
}
