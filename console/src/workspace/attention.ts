import { useEffect, useSyncExternalStore } from 'react'
import type { LiveState } from '../live/live-state.ts'
import { listenLive } from '../live/live-store.ts'
import type { LiveEvent } from '../live/shapes.ts'
import { isWaitingFor, nameOf } from './lists.ts'
import { readStored, writeStored } from './stored.ts'

export interface AttentionSettings {
  readonly sound: boolean
  readonly browser: boolean
}

/** How often the sound comes again while somebody waits in the queue and the page is not looked at. */
const repeatMs = 30_000
const watchers = new Set<() => void>()
let settings = readStored<AttentionSettings>('attention', { sound: true, browser: false })

export function useAttentionSettings(): [AttentionSettings, (change: Partial<AttentionSettings>) => void] {
  const current = useSyncExternalStore(
    (watcher) => {
      watchers.add(watcher)
      return () => watchers.delete(watcher)
    },
    () => settings,
  )
  return [
    current,
    (change) => {
      settings = { ...settings, ...change }
      writeStored('attention', settings)
      for (const watcher of watchers) watcher()
    },
  ]
}

type Call = { readonly kind: 'message' | 'queue' | 'offer'; readonly conversationId: string; readonly title: string }

/** What an event asks of this person's attention; null: nothing. Their own acts never do. */
export function callIn(event: LiveEvent, before: LiveState, after: LiveState): Call | null {
  if (event.kind !== 'conversation') return null
  const { conversation } = event
  const { conversationId } = conversation
  const known = before.conversations.get(conversationId)
  const me = after.me.userId
  const who = nameOf(conversation)
  if (conversation.offer?.userId === me && known?.offer?.userId !== me) {
    return { kind: 'offer', conversationId, title: `Offered to you: ${who}` }
  }
  const handed = conversation.owner?.userId === me && known !== undefined && known.owner?.userId !== me
  if (
    conversation.owner?.userId === me &&
    (conversation.unread > (known?.unread ?? 0) || (handed && known.state === 'assigned'))
  ) {
    return { kind: 'message', conversationId, title: `${who} wrote` }
  }
  const newlyWaits = conversation.state === 'queued' && known?.state !== 'queued'
  if (newlyWaits && isWaitingFor(me, conversation) && after.me.presence === 'online') {
    return { kind: 'queue', conversationId, title: `${who} waits for ${conversation.skill.name}` }
  }
  return null
}

/**
 * Calls the person: by sound and by the browser's notice, and again while the queue waits. A notice names who, never what
 * was written, since it stands on locked screens.
 */
export function useAttention(open: (conversationId: string) => void, waiting: number): void {
  useEffect(
    () =>
      listenLive((event, before, after) => {
        const call = callIn(event, before, after)
        if (call === null) return
        if (settings.sound) play(call.kind)
        if (settings.browser && (document.hidden || !document.hasFocus())) notice(call, open)
      }),
    [open],
  )
  useEffect(() => {
    if (waiting === 0) return
    const timer = setInterval(() => {
      if (settings.sound && (document.hidden || !document.hasFocus())) play('queue')
    }, repeatMs)
    return () => clearInterval(timer)
  }, [waiting])
}

function notice({ title, conversationId }: Call, open: (conversationId: string) => void): void {
  if (typeof Notification === 'undefined' || Notification.permission !== 'granted') return
  const shown = new Notification(title, { tag: conversationId, silent: true })
  shown.onclick = () => {
    window.focus()
    open(conversationId)
    shown.close()
  }
}

const tones = { message: [660, 880], queue: [523, 659], offer: [784, 988] } as const
let audio: AudioContext | null = null

/** Two soft tones; a browser that was not clicked in yet stays silent. */
function play(kind: Call['kind']): void {
  try {
    audio ??= new AudioContext()
    const { currentTime, destination } = audio
    for (const [place, frequency] of tones[kind].entries()) {
      const [from, tone, volume] = [currentTime + place * 0.12, audio.createOscillator(), audio.createGain()]
      tone.frequency.value = frequency
      volume.gain.setValueAtTime(0.0001, from)
      volume.gain.exponentialRampToValueAtTime(0.08, from + 0.02)
      volume.gain.exponentialRampToValueAtTime(0.0001, from + 0.18)
      tone.connect(volume).connect(destination)
      tone.start(from)
      tone.stop(from + 0.2)
    }
  } catch {
    // No sound device, or not allowed to make a sound: the badge and the list still say it.
  }
}

/** How many want something, before the page's title, where a tab among many shows it. */
export function useTitleBadge(count: number): void {
  useEffect(() => {
    const plain = document.title.replace(/^\(\d+\) /, '')
    document.title = count > 0 ? `(${count}) ${plain}` : plain
    return () => {
      document.title = document.title.replace(/^\(\d+\) /, '')
    }
  }, [count])
}
