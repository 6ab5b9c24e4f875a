import { useSyncExternalStore } from 'react'
import { api } from '../api.ts'
import { queryClient } from '../query-client.ts'
import { problemIn } from '../ui/problem.tsx'
import { readStored, writeStored } from '../workspace/stored.ts'
import type { Channel, IvrExchange, Line } from './shapes.ts'
import { hush, say } from './speech.ts'

/**
 * The pretend caller and their latest call. Kept beside the pages, so that the call goes on while one looks at the
 * workspace, and the page Phone shows the same one.
 */
export interface CallState {
  /** The pretend phone's own number. */
  readonly phone: string
  readonly phase: 'idle' | 'connecting' | 'menu' | 'inviting' | 'ended'
  readonly line: Line | null
  readonly dialled: string
  readonly startedAt: number
  /** What the menu says now. */
  readonly says: string
  readonly callId: string | null
  /** Requests of the menu to the published API, as they were. */
  readonly asked: readonly { readonly name: 'eligibility' | 'invite'; readonly exchange: IvrExchange }[]
  /** Of the channel that the invite went out on; null before. */
  readonly invitedBy: Channel | null
}

const key = 'try-phone'
/** Numbers that are nobody's: in North America 555-01xx is kept for fiction, in each of its areas. */
const areas = [
  ...[201, 205, 206, 207, 208, 209, 212, 213, 214, 215, 216, 217, 301, 302, 303, 304, 305, 307, 308, 309, 312, 313],
  ...[401, 402, 404, 405, 406, 407, 408, 410, 412, 413, 414, 415, 501, 502, 503, 504, 505, 507, 508, 509, 512, 513],
  ...[601, 602, 603, 605, 606, 607, 608, 609, 612, 614, 615, 617, 701, 702, 703, 704, 706, 707, 708, 712, 713, 717],
]
function newNumber(): string {
  const [a, b] = crypto.getRandomValues(new Uint32Array(2)) as unknown as [number, number]
  return `+1${areas[a % areas.length]}55501${String(b % 100).padStart(2, '0')}`
}
const byChannel: Readonly<Record<Channel, string>> = { sms: 'by text message', wa: 'in WhatsApp', inapp: 'in our app' }
const goodbyeMs = 3_500

const nothing = (phone: string): CallState => ({
  ...{
    phone,
    phase: 'idle',
    line: null,
    dialled: '',
    startedAt: 0,
    says: '',
    callId: null,
    asked: [],
    invitedBy: null,
  },
})

let state = nothing(readStored(key, ''))
const watchers = new Set<() => void>()
let goodbye: ReturnType<typeof setTimeout> | undefined

function set(change: Partial<CallState>): void {
  if (change.says !== undefined && change.says !== '' && change.says !== state.says) say(change.says)
  state = { ...state, ...change }
  for (const watcher of watchers) watcher()
}

function watch(watcher: () => void): () => void {
  watchers.add(watcher)
  return () => watchers.delete(watcher)
}

export function useCall(): CallState {
  if (state.phone === '') newCaller()
  return useSyncExternalStore(watch, () => state)
}

/** Another pretend phone, that nobody has ever written to. */
export function newCaller(): void {
  clearTimeout(goodbye)
  hush()
  const phone = newNumber()
  writeStored(key, phone)
  state = nothing(phone)
  for (const watcher of watchers) watcher()
}

/** Calls; the menu that answers asks first whether the caller can be offered messaging. */
export async function dial(digits: string, lines: readonly Line[], brand: string): Promise<void> {
  clearTimeout(goodbye)
  const line = lines.find(({ number }) => sameNumber(number, digits)) ?? null
  set({ ...nothing(state.phone), phase: 'connecting', line, dialled: line?.number ?? digits, startedAt: Date.now() })
  if (line === null) {
    set({ phase: 'ended', says: 'The number you have dialled is not in service.' })
    return
  }
  const mine = state.startedAt
  try {
    const { exchange } = await api('POST /simulator/calls', { body: { from: state.phone, number: line.number } })
    if (state.startedAt !== mine) return
    const answer = exchange.answer as { callId?: string; eligible?: boolean; recommendedChannelName?: Channel }
    const channel = answer.eligible === true ? answer.recommendedChannelName : undefined
    const thanks = `Thank you for calling ${brand}.`
    set({
      callId: answer.callId ?? null,
      asked: [{ name: 'eligibility', exchange }],
      ...(!isStillOn()
        ? {}
        : {
            phase: 'menu',
            says:
              channel === undefined
                ? `${thanks} All our agents are busy. Please hold the line.`
                : `${thanks} The waiting time is long. Press 1 to continue ${byChannel[channel]}.`,
          }),
    })
  } catch (error) {
    if (state.startedAt === mine) set({ phase: 'ended', says: problemIn(error).sentence })
  }
}

/** A key during the call. 1 accepts what the menu offers, if it offers something. */
export async function press(digit: string): Promise<void> {
  const offered = offeredChannel(state)
  if (state.phase !== 'menu' || state.callId === null) return
  if (digit !== '1' || offered === null) {
    set({ says: offered === null ? 'Please hold the line.' : `Press 1 to continue ${byChannel[offered]}.` })
    return
  }
  const { callId, startedAt } = state
  set({ phase: 'inviting' })
  try {
    const { exchange } = await api('POST /simulator/calls/{callId}/invite', { params: { callId } })
    if (state.startedAt !== startedAt) return
    const sent = exchange.status === 200
    set({
      asked: [...state.asked, { name: 'invite', exchange }],
      invitedBy: sent ? offered : null,
      phase: isStillOn() ? 'menu' : 'ended',
      says: sent ? 'Thank you. Look at your phone. Goodbye.' : 'We are sorry, that did not work. Please hold the line.',
    })
    if (sent) goodbye = setTimeout(() => state.startedAt === startedAt && hangUp(false), goodbyeMs)
    void queryClient.invalidateQueries({ queryKey: ['try'] })
  } catch (error) {
    if (state.startedAt === startedAt) set({ phase: 'ended', says: problemIn(error).sentence })
  }
}

/** Whether nobody has hung up meanwhile. */
const isStillOn = () => state.phase !== 'ended'

/** Ends the call; what it brought about goes on. */
export function hangUp(quiet = true): void {
  clearTimeout(goodbye)
  if (quiet) hush()
  set({ phase: 'ended' })
}

/** The channel that "press 1" stands for; null: nothing is offered, or it was accepted already. */
export function offeredChannel({ asked, invitedBy }: CallState): Channel | null {
  const answer = asked[0]?.exchange.answer as { eligible?: boolean; recommendedChannelName?: Channel } | undefined
  return invitedBy === null && answer?.eligible === true ? (answer.recommendedChannelName ?? null) : null
}

/** However it is typed: with or without the country's 1 and the plus. */
export function sameNumber(number: string, typed: string): boolean {
  const [a, b] = [number, typed].map((one) => one.replace(/[^0-9]/g, '').replace(/^1(?=\d{10}$)/, ''))
  return a !== '' && a === b
}
