import { ApiFailure, api } from '../api.ts'
import { queryClient, sessionKey } from '../query-client.ts'
import { readEventStream, type StreamEvent } from './event-stream.ts'
import { applyEvent, applyToThread, type LiveState, stateOf, type ThreadEvent } from './live-state.ts'
import type { LiveEvent, Thread } from './shapes.ts'

/** `connecting`: the first snapshot is on its way. `offline`: the line is cut; what is shown is of `since`. */
export interface Live {
  readonly line: 'connecting' | 'live' | 'offline'
  readonly since: number
  /** Why there is no snapshot; null while it may still come. */
  readonly failure: Error | null
  readonly state: LiveState | null
}

/** An answer about a conversation that is on its way, and what was heard of that conversation since it was asked for. */
interface Reading {
  readonly conversationId: string
  readonly heard: ThreadEvent[]
}

type Heard = (event: LiveEvent, before: LiveState, after: LiveState) => void

const firstWaitMs = 500
const longestWaitMs = 15_000
/** Below the 15 s in which the server says something at least; a busy line is no reason to say it more often. */
const signOfLifeMs = 10_000
/** A page that is left for another one of the console keeps its line for a moment, for those who come right back. */
const lingerMs = 5_000

const nothing: Live = { line: 'connecting', since: Date.now(), failure: null, state: null }
let live = nothing
const watchers = new Set<() => void>()
const listeners = new Set<Heard>()
/** Without those that a new snapshot has made void. */
const readings = new Set<Reading>()
/** The line that is open or opening now; another one makes its words void. */
let line: AbortController | null = null
let attempt = 0
let retry: ReturnType<typeof setTimeout> | undefined
let waiting: LiveEvent[] = []
let scheduled = false
/** When this page told last that it is there. */
let saidAt = 0
/** The number of the last event that was heard. */
let upTo = 0

/** What is known now; the same object until it changes. */
export const currentLive = (): Live => live

/** Calls `watcher` after each change. The line is open as long as somebody watches. */
export function watchLive(watcher: () => void): () => void {
  watchers.add(watcher)
  if (line === null && retry === undefined) open()
  return () => {
    watchers.delete(watcher)
    if (watchers.size === 0) setTimeout(() => watchers.size === 0 && forgetLive(), lingerMs)
  }
}

/** Hears each event once, after it was applied: for what happens besides showing it (sound, notifications). */
export function listenLive(heard: Heard): () => void {
  listeners.add(heard)
  return () => listeners.delete(heard)
}

/**
 * Reads something of a conversation and puts it into the state, and on top of it what was heard since it was asked for: the
 * answer may have been written before that. What was asked for before a new snapshot is dropped: nobody heard what happened in
 * between.
 * @param put gives the conversation with the answer in it; null when it has nothing to add.
 * @throws whatever `asked` does
 */
export async function readInto<A>(
  conversationId: string,
  asked: Promise<A>,
  put: (answer: A, before: Thread | undefined) => Thread | null,
): Promise<void> {
  const reading: Reading = { conversationId, heard: [] }
  readings.add(reading)
  try {
    const answer = await asked
    flush()
    if (live.state === null || !readings.has(reading)) return
    const thread = put(answer, live.state.threads.get(conversationId))
    if (thread === null) return
    const state = { ...live.state, threads: new Map(live.state.threads).set(conversationId, thread) }
    set({ state: reading.heard.reduce(applyToThread, state) })
  } finally {
    readings.delete(reading)
  }
}

/** Applies what this page knows before the stream tells it, like one's own act. */
export function anticipate(event: LiveEvent): void {
  flush()
  if (live.state !== null) set({ state: applyEvent(live.state, event) })
}

/** Tries at once, for whoever does not want to wait. */
export function reconnectNow(): void {
  if (live.line === 'live' || watchers.size === 0) return
  attempt = 0
  open()
}

/** Closes the line and forgets what it told: nobody looks any more, or somebody else has signed in. */
export function forgetLive(): void {
  clearTimeout(retry)
  retry = undefined
  line?.abort()
  line = null
  waiting = []
  readings.clear()
  live = nothing
}

function set(change: Partial<Live>): void {
  live = { ...live, ...change }
  for (const watcher of watchers) watcher()
}

function open(): void {
  clearTimeout(retry)
  retry = undefined
  line?.abort()
  const opened = new AbortController()
  line = opened
  follow(opened.signal).catch((error) => {
    if (line === opened) cut(error)
  })
}

/** A snapshot where there is none, then the events after it, until the line ends. */
async function follow(signal: AbortSignal): Promise<void> {
  if (live.state === null) await begin(signal)
  let again = false
  await readEventStream(
    `/api/workspace/events?after=${upTo}`,
    signal,
    (event) => {
      if (signal.aborted) return 'stop'
      attempt = 0
      if (live.line !== 'live') set({ line: 'live', since: Date.now() })
      again = event.name === 'restart'
      if (again) return 'stop'
      if (event.name === 'signed-out') void queryClient.invalidateQueries({ queryKey: sessionKey })
      else if (event.name === 'message') take(event)
      return
    },
    signOfLife,
  )
  if (signal.aborted) return
  if (again) {
    // What one may do may have changed as well.
    void queryClient.invalidateQueries({ queryKey: sessionKey })
    await begin(signal)
  }
  throw new Error('the line ended')
}

/**
 * Tells the server that this page is there, each time that it hears the server: a line whose laptop sleeps takes the server's
 * words all the same. Not by a timer, which browsers slow down to once a minute in a hidden page.
 */
function signOfLife(): void {
  if (Date.now() - saidAt < signOfLifeMs) return
  saidAt = Date.now()
  // What is lost is said again with the next word, four of which make the minute.
  api('POST /api/workspace/presence/sign-of-life').catch(() => {})
}

async function begin(signal: AbortSignal): Promise<void> {
  const snapshot = await api('GET /api/workspace/snapshot', { signal })
  if (signal.aborted) return
  waiting = []
  readings.clear()
  upTo = snapshot.number
  set({ state: stateOf(snapshot, live.state), failure: null })
}

/** Once a frame, however many come; a hidden page has no frames, and is told by the timer. */
function take({ id, data }: StreamEvent): void {
  if (id !== '') upTo = Number(id)
  waiting.push(JSON.parse(data) as LiveEvent)
  if (scheduled) return
  scheduled = true
  if (document.hidden) setTimeout(flush, 200)
  else requestAnimationFrame(flush)
}

function flush(): void {
  scheduled = false
  if (live.state === null || waiting.length === 0) return
  const events = waiting
  waiting = []
  let state = live.state
  const told: [LiveEvent, LiveState, LiveState][] = []
  for (const event of events) {
    const next = applyEvent(state, event)
    told.push([event, state, next])
    if (event.kind === 'message' || event.kind === 'conversation-gone')
      for (const { conversationId, heard } of readings) if (conversationId === event.conversationId) heard.push(event)
    state = next
  }
  set({ state: { ...state, number: upTo } })
  for (const [event, before, after] of told) for (const heard of listeners) heard(event, before, after)
}

/** The line is gone. Refusals are final but for the session's, which the shell hears; anything else is tried again, later each time. */
function cut(error: unknown): void {
  line = null
  if (error instanceof ApiFailure && error.status < 500 && error.status !== 429) {
    if (error.status === 401) queryClient.setQueryData(sessionKey, null)
    set({ failure: error })
    return
  }
  // A line that ended in order, like at a restart of the server, is not told before it could not be had again at once.
  if (attempt > 0 && live.line !== 'offline') set({ line: 'offline', since: Date.now() })
  const wait = Math.min(longestWaitMs, firstWaitMs * 2 ** attempt) * (0.5 + Math.random() / 2)
  attempt += 1
  clearTimeout(retry)
  if (watchers.size > 0) retry = setTimeout(open, attempt === 1 ? 50 : wait)
}

if (typeof window !== 'undefined') {
  window.addEventListener('online', reconnectNow)
  window.addEventListener('offline', () => {
    attempt = Math.max(1, attempt)
    line?.abort()
  })
  document.addEventListener('visibilitychange', () => {
    // The frame that was waited for does not come before the page is looked at again.
    if (document.hidden) flush()
    else reconnectNow()
  })
}
