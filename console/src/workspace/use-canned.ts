import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { api } from '../api.ts'
import { type CannedReply, cannedFor, slashAt } from './canned.ts'

/** The list that opens at a `/`: what it has, which one is chosen, and the keys that move in it. */
export function useCanned(given: {
  text: string
  caret: number
  skillId: string
  onPick(reply: CannedReply, start: number): void
}) {
  const { text, caret, skillId, onPick } = given
  const all = useQuery({
    queryKey: ['canned-replies'],
    queryFn: ({ signal }) => api('GET /api/workspace/canned-replies', { signal }),
    staleTime: 60_000,
  })
  const [closedAt, setClosedAt] = useState<number | null>(null)
  const [chosen, setChosen] = useState(0)
  const slash = slashAt(text, caret)
  const replies = slash === null ? [] : cannedFor(all.data?.cannedReplies ?? [], skillId, slash.word)
  const open = slash !== null && slash.start !== closedAt
  const place = Math.min(chosen, Math.max(0, replies.length - 1))
  const pick = (reply: CannedReply) => {
    if (slash !== null) onPick(reply, slash.start)
    setChosen(0)
  }
  return {
    open,
    replies,
    chosen: place,
    known: (all.data?.cannedReplies.length ?? 0) > 0,
    choose: setChosen,
    pick,
    /** True: the key was the list's. */
    key(name: string): boolean {
      if (!open || slash === null) return false
      const reply = replies[place]
      switch (name) {
        case 'ArrowDown':
          setChosen((place + 1) % Math.max(1, replies.length))
          return true
        case 'ArrowUp':
          setChosen((place - 1 + replies.length) % Math.max(1, replies.length))
          return true
        case 'Escape':
          setClosedAt(slash.start)
          return true
        case 'Enter':
          // Where nothing fits as well: half a shortcut is not what the consumer should read.
          if (reply !== undefined) pick(reply)
          return true
        case 'Tab':
          if (reply === undefined) return false
          pick(reply)
          return true
        default:
          return false
      }
    },
    typed() {
      setChosen(0)
      if (slash === null) setClosedAt(null)
    },
  }
}
