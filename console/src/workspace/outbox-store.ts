import { hearStored, readStored, storedKeys, writeStored } from './stored.ts'

/** A reply or note on its way to the server. Its `clientId` makes it one message, however often it is sent. */
export interface Outgoing {
  readonly clientId: string
  readonly userId: string
  readonly conversationId: string
  readonly kind: 'reply' | 'note' | 'template'
  readonly text: string
  readonly files: readonly { readonly fileId: string; readonly name: string; readonly contentType: string }[]
  readonly template: { readonly templateId: string; readonly variables: Record<string, unknown> } | null
  readonly at: string
  /** `waiting`: for the network, or for what `reason` says; `refused`: the server said no, and why stands in `reason`. */
  readonly state: 'sending' | 'waiting' | 'refused'
  readonly reason: string | null
}

/** One key for each: tabs beside each other add and take out their own, and never write over each other's. */
const prefix = 'outbox:'
const watchers = new Set<() => void>()
let all: readonly Outgoing[] = storedKeys(prefix)
  .flatMap((key) => readStored<Outgoing | null>(key, null) ?? [])
  // Whoever was sending it is gone, or sends it as the same message.
  .map((one) => (one.state === 'sending' ? { ...one, state: 'waiting' as const } : one))
  .sort(byAge)

function byAge(one: Outgoing, other: Outgoing): number {
  return one.at < other.at ? -1 : one.at > other.at ? 1 : 0
}

function show(next: readonly Outgoing[]): void {
  all = next
  for (const watcher of watchers) watcher()
}

/** Everybody's in this browser, of all its tabs, oldest first; the same array until something changes. */
export const outgoings = (): readonly Outgoing[] => all

export function watchOutgoings(watcher: () => void): () => void {
  watchers.add(watcher)
  return () => watchers.delete(watcher)
}

export function addOutgoing(one: Outgoing): void {
  writeStored(prefix + one.clientId, one)
  show([...all, one])
}

/** What was taken out meanwhile stays out. */
export function changeOutgoing(clientId: string, to: Partial<Outgoing>): void {
  const before = all.find((one) => one.clientId === clientId)
  if (before === undefined) return
  const after = { ...before, ...to }
  writeStored(prefix + clientId, after)
  show(all.map((one) => (one === before ? after : one)))
}

/** Takes them out: the stream brought them, or their writer gave them up. */
export function drop(clientIds: readonly string[]): void {
  const going = all.filter((one) => clientIds.includes(one.clientId))
  if (going.length === 0) return
  for (const { clientId } of going) writeStored(prefix + clientId, null)
  show(all.filter((one) => !going.includes(one)))
}

hearStored(prefix, (key) => {
  const others = all.filter((one) => prefix + one.clientId !== key)
  show([...others, ...[readStored<Outgoing | null>(key, null) ?? []].flat()].sort(byAge))
})
