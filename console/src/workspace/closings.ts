import { useMemo, useSyncExternalStore } from 'react'
import { currentLive } from '../live/live-store.ts'
import type { ConversationView } from '../live/shapes.ts'
import { useLiveState } from '../live/use-live.ts'
import { beforeSignOut } from '../session.ts'
import { toast } from '../ui/toast.tsx'
import { deeds } from './deeds.ts'
import { nameOf } from './lists.ts'

/** How long a closing can be undone: the server hears of it only then, since closed is closed there. */
const undoMs = 6_000

interface Closing {
  readonly closedAt: string
  /** As it was closed over: what the consumer writes after that calls it off. */
  readonly lastInboundAt: string | null
  readonly timer: ReturnType<typeof setTimeout>
}

let closings: ReadonlyMap<string, Closing> = new Map()
/** Of those that the server is hearing of, or has. */
const told = new Set<string>()
const watchers = new Set<() => void>()

function watch(watcher: () => void): () => void {
  watchers.add(watcher)
  return () => watchers.delete(watcher)
}

function put(conversationId: string, closing: Closing | null): void {
  const next = new Map(closings)
  if (closing === null) next.delete(conversationId)
  else next.set(conversationId, closing)
  closings = next
  for (const watcher of watchers) watcher()
}

/** Shows it as closed at once, and closes it when nobody has undone that. */
export function closeSoon(conversation: ConversationView): void {
  const { conversationId, lastInboundAt } = conversation
  if (closings.has(conversationId)) return
  const timer = setTimeout(() => void settle(conversationId), undoMs)
  put(conversationId, { closedAt: new Date().toISOString(), lastInboundAt, timer })
  toast({
    text: `Closed: ${nameOf(conversation)}`,
    ms: undoMs,
    action: { label: 'Undo', run: () => undo(conversationId) },
  })
}

function undo(conversationId: string): void {
  if (told.has(conversationId)) return
  clearTimeout(closings.get(conversationId)?.timer)
  put(conversationId, null)
}

async function settle(conversationId: string): Promise<void> {
  const closing = closings.get(conversationId)
  if (closing === undefined || told.has(conversationId)) return
  clearTimeout(closing.timer)
  const now = currentLive().state?.conversations.get(conversationId)
  if (now !== undefined && now.lastInboundAt !== closing.lastInboundAt) {
    put(conversationId, null)
    toast({ text: 'It stays open: the consumer has written.' })
    return
  }
  told.add(conversationId)
  if (await deeds.close(conversationId)) return
  told.delete(conversationId)
  put(conversationId, null)
}

/** All conversations that are known, those that are being closed as closed ones. */
export function useConversations(): ReadonlyMap<string, ConversationView> {
  const known = useLiveState((state) => state.conversations)
  const closing = useSyncExternalStore(watch, () => closings)
  return useMemo(() => {
    if (closing.size === 0) return known
    const all = new Map(known)
    for (const [id, { closedAt, lastInboundAt }] of closing) {
      const one = known.get(id)
      if (one !== undefined && one.state !== 'closed' && one.lastInboundAt === lastInboundAt)
        all.set(id, { ...one, state: 'closed', closedAt })
    }
    return all
  }, [known, closing])
}

const settleAll = () => Promise.all([...closings.keys()].map(settle))

// Whoever leaves has made up their mind.
beforeSignOut(settleAll)
if (typeof window !== 'undefined') window.addEventListener('pagehide', () => void settleAll())
