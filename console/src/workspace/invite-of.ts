import type { MessageView, Thread } from '../live/shapes.ts'

/** The invite that this conversation answers: sent before there was one, and best read above what followed. */
export function inviteOf({ messages, lastInvites, earlierMessages, call }: Thread): MessageView | null {
  const [first] = messages
  if (earlierMessages !== null || call === null || first === undefined) return null
  return lastInvites.find((one) => one.kind === 'invite' && BigInt(one.number) < BigInt(first.number)) ?? null
}
