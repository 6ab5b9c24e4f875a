import { useMemo, useSyncExternalStore } from 'react'
import { ApiFailure, api, Unreachable } from '../api.ts'
import { askUserId, signedInUserId, whenSignedIn } from '../session.ts'
import { sentenceOf } from '../ui/sentence-of.ts'
import { readStored, writeStored } from './stored.ts'

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
  /** `waiting`: for the network; `refused`: the server said no, and why stands in `reason`. */
  readonly state: 'sending' | 'waiting' | 'refused'
  readonly reason: string | null
}

const storedKey = 'outbox'
/** After a day nobody expects it to go out any more; it stays visible as refused. */
const lapseMs = 24 * 3600_000
let all: readonly Outgoing[] = readStored<Outgoing[]>(storedKey, []).map((one) =>
  one.state === 'sending' ? { ...one, state: 'waiting' as const } : one,
)
const watchers = new Set<() => void>()
const running = new Set<string>()
const lines = new Map<string, Promise<boolean>>()
let attempt = 0
let timer: ReturnType<typeof setTimeout> | undefined

function set(next: readonly Outgoing[]): void {
  all = next
  writeStored(storedKey, next.length === 0 ? null : next)
  for (const watcher of watchers) watcher()
}

const change = (clientId: string, to: Partial<Outgoing>) =>
  set(all.map((one) => (one.clientId === clientId ? { ...one, ...to } : one)))

function watch(watcher: () => void): () => void {
  watchers.add(watcher)
  return () => watchers.delete(watcher)
}

/** What this person has on its way in all conversations, oldest first. What others wrote in this browser is theirs. */
export function useOutbox(userId: string): readonly Outgoing[] {
  const everybodys = useSyncExternalStore(watch, () => all)
  return useMemo(() => everybodys.filter((one) => one.userId === userId), [everybodys, userId])
}

/** Shows it at once and sends it; a cut line makes it wait, and it goes out as the same message when the line is back. */
export function send(given: Omit<Outgoing, 'clientId' | 'at' | 'state' | 'reason'>): void {
  const one: Outgoing = {
    ...given,
    clientId: crypto.randomUUID(),
    at: new Date().toISOString(),
    state: 'sending',
    reason: null,
  }
  set([...all, one])
  void attemptOne(one)
}

export function sendAgain(clientId: string): void {
  const one = all.find((other) => other.clientId === clientId)
  if (one !== undefined) void attemptOne(one)
}

/** Takes it out: the stream brought it, or its writer gave it up. */
export function drop(clientIds: readonly string[]): void {
  if (all.some((one) => clientIds.includes(one.clientId))) set(all.filter((one) => !clientIds.includes(one.clientId)))
}

/**
 * Sends what waits of whoever is signed in, in order. Called when the line is back, when the page begins, and when somebody
 * signs in. The server says who that is: the browser's cookie is one for all tabs, and what it sends is its bearer's word.
 */
export async function sendWaiting(): Promise<void> {
  clearTimeout(timer)
  timer = undefined
  if (!all.some((one) => one.userId === signedInUserId() && one.state === 'waiting')) return
  let userId: string | null
  try {
    userId = await askUserId()
  } catch {
    return sendLater()
  }
  for (const one of all.filter((other) => other.userId === userId && other.state === 'waiting')) {
    const late = Date.now() - Date.parse(one.at) > lapseMs
    if (late) change(one.clientId, { state: 'refused', reason: 'It waited for the network for more than a day.' })
    else if (!(await attemptOne(one))) return
  }
}

/** What was written first arrives first: in a conversation one is sent after the other. */
function attemptOne(one: Outgoing): Promise<boolean> {
  const before = lines.get(one.conversationId) ?? Promise.resolve(true)
  const result = before.then(() => attemptNow(one))
  lines.set(one.conversationId, result)
  return result
}

/** Whether the server heard it. */
async function attemptNow(one: Outgoing): Promise<boolean> {
  const { clientId } = one
  if (one.userId !== signedInUserId()) {
    change(clientId, { state: 'waiting', reason: null })
    return false
  }
  if (running.has(clientId)) return true
  running.add(clientId)
  change(clientId, { state: 'sending', reason: null })
  try {
    await post(one)
    attempt = 0
    return true
  } catch (error) {
    if (error instanceof ApiFailure && error.status < 500 && error.status !== 401 && error.status !== 429) {
      change(clientId, { state: 'refused', reason: sentenceOf(error) })
      return true
    }
    change(clientId, { state: 'waiting', reason: error instanceof Unreachable ? null : (error as Error).message })
    sendLater()
    return false
  } finally {
    running.delete(clientId)
  }
}

function sendLater(): void {
  attempt += 1
  timer ??= setTimeout(() => void sendWaiting(), Math.min(30_000, 1_000 * 2 ** attempt))
}

async function post({ conversationId, kind, text, files, template, clientId }: Outgoing): Promise<void> {
  const params = { conversationId }
  switch (kind) {
    case 'note':
      await api('POST /api/workspace/conversations/{conversationId}/notes', { params, body: { text, clientId } })
      return
    case 'template':
      await api('POST /api/workspace/conversations/{conversationId}/reply-with-template', {
        params,
        body: { templateId: template!.templateId, templateVariables: template!.variables, clientId },
      })
      return
    case 'reply':
      await api('POST /api/workspace/conversations/{conversationId}/reply', {
        params,
        body: { text, clientId, ...(files.length === 0 ? {} : { files: files.map(({ fileId }) => fileId) }) },
      })
  }
}

if (typeof window !== 'undefined') {
  window.addEventListener('online', () => void sendWaiting())
  whenSignedIn(() => void sendWaiting())
}
