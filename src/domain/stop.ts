import type { Channel } from './channel.ts'

/** Deflection switched off by hand: of one skill, of one channel, of both together, or (both null) altogether. */
export interface Stop {
  /** Null: every skill. */
  readonly skillId: string | null
  /** Null: every channel. */
  readonly channel: Channel | null
}

/** Whether a stop forbids inviting on this channel for this skill. Conversations that are open go on. */
export function isStopped(stops: readonly Stop[], skillId: string, channel: Channel): boolean {
  return stops.some(
    (stop) =>
      (stop.skillId === null || stop.skillId === skillId) && (stop.channel === null || stop.channel === channel),
  )
}
