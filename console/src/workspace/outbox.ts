import { useMemo, useSyncExternalStore } from 'react'
import { ApiFailure, api, Unreachable } from '../api.ts'
import { askUserId, signedInUserId, whenSignedIn } from '../session.ts'
import { sentenceOf } from '../ui/sentence-of.ts'
import { addOutgoing, changeOutgoing, type Outgoing, outgoings, watchOutgoings } from './outbox-store.ts'

/** After a day nobody expects it to go out any more; it stays visible as refused. */
const lapseMs = 24 * 3600_000
const running = new Set<string>()
/** Those that the server has taken; they stay in sight until the stream brings them. */
const heard = new Set<string>()
const lines = new Map<string, Promise<boolean>>()
let attempt = 0
let timer: ReturnType<typeof setTimeout> | undefined

/** What this person has on its way in all conversations, oldest first. What others wrote in this browser is theirs. */
export function useOutbox(userId: string): readonly Outgoing[] {
  const everybodys = useSyncExternalStore(watchOutgoings, outgoings)
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
  addOutgoing(one)
  void attemptOne(one)
}

export function sendAgain(clientId: string): void {
  const one = outgoings().find((other) => other.clientId === clientId)
  if (one !== undefined) void attemptOne(one)
}

/**
 * Sends what waits of whoever is signed in, in order. Called when the line is back, when the page begins, and when somebody
 * signs in. The server says who that is: the browser's cookie is one for all tabs, and what it sends is its bearer's word.
 * What another tab is sending, or was when it was closed, goes out as the same message.
 */
export async function sendWaiting(): Promise<void> {
  clearTimeout(timer)
  timer = undefined
  const waitingOf = (userId: string | null) =>
    outgoings().filter((one) => one.userId === userId && one.state !== 'refused' && !heard.has(one.clientId))
  if (waitingOf(signedInUserId()).length === 0) return
  let userId: string | null
  try {
    userId = await askUserId()
  } catch {
    return sendLater()
  }
  for (const one of waitingOf(userId)) {
    const late = Date.now() - Date.parse(one.at) > lapseMs
    if (late)
      changeOutgoing(one.clientId, { state: 'refused', reason: 'It waited for the network for more than a day.' })
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
  // Given up while it stood in line, or heard the time before.
  if (heard.has(clientId) || !outgoings().some((other) => other.clientId === clientId)) return true
  if (one.userId !== signedInUserId()) {
    changeOutgoing(clientId, { state: 'waiting', reason: null })
    return false
  }
  if (running.has(clientId)) return true
  running.add(clientId)
  changeOutgoing(clientId, { state: 'sending', reason: null })
  try {
    await post(one)
    heard.add(clientId)
    attempt = 0
    return true
  } catch (error) {
    if (error instanceof ApiFailure && error.status < 500 && error.status !== 401 && error.status !== 429) {
      changeOutgoing(clientId, { state: 'refused', reason: sentenceOf(error) })
      return true
    }
    changeOutgoing(clientId, {
      state: 'waiting',
      reason: error instanceof Unreachable ? null : (error as Error).message,
    })
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
