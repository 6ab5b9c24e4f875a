import { useSyncExternalStore } from 'react'
import { hearStored, readStored, writeStored } from './stored.ts'

export interface Draft {
  readonly text: string
  /** A note for colleagues, not a reply. */
  readonly note: boolean
}

const none: Draft = { text: '', note: false }
const known = new Map<string, Draft>()
const watchers = new Set<() => void>()
const prefix = 'draft:'
const keyOf = (userId: string, conversationId: string) => `${prefix}${userId}:${conversationId}`

/** What the person has begun to write here and not sent: it survives the way to another page, a reload, and the night. */
export function draftOf(userId: string, conversationId: string): Draft {
  const key = keyOf(userId, conversationId)
  let draft = known.get(key)
  if (draft === undefined) {
    draft = readStored<Draft>(key, none)
    known.set(key, draft)
  }
  return draft
}

export function setDraft(userId: string, conversationId: string, draft: Draft): void {
  const key = keyOf(userId, conversationId)
  known.set(key, draft)
  writeStored(key, draft.text === '' && !draft.note ? null : draft)
  for (const watcher of watchers) watcher()
}

function watch(watcher: () => void): () => void {
  watchers.add(watcher)
  return () => watchers.delete(watcher)
}

export function useDraft(userId: string, conversationId: string): Draft {
  return useSyncExternalStore(watch, () => draftOf(userId, conversationId))
}

// What another tab has sent must not stand here as if it were still to be said.
hearStored(prefix, (key) => {
  known.delete(key)
  for (const watcher of watchers) watcher()
})
