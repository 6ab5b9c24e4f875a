import { useSyncExternalStore } from 'react'

let conversationId: string | null = null
const watchers = new Set<() => void>()

function watch(watcher: () => void): () => void {
  watchers.add(watcher)
  return () => watchers.delete(watcher)
}

/**
 * The conversation that this person is taking or has just taken: its field takes the keyboard as soon as there is one. Kept
 * beside the page, which begins anew on the way from the list to a conversation.
 */
export function useJustTaken(): string | null {
  return useSyncExternalStore(watch, () => conversationId)
}

export function setJustTaken(next: string | null): void {
  conversationId = next
  for (const watcher of watchers) watcher()
}
