export const presences = ['online', 'away', 'offline'] as const
/** `online`: gets conversations. `away`: keeps what it has and may take by hand, but is given nothing. `offline`: has none. */
export type Presence = (typeof presences)[number]

/** After so long without a sign of life (a page that hears its stream gives one each 15 s) an agent has vanished: a tab that died says nothing. */
export const vanishSeconds = 60

/** What an agent has set, and when the agent's page was last heard of. */
export interface SetPresence {
  readonly status: Presence
  readonly seenAt: Date
}

/** The presence that counts at `now`. Who never set one is offline. */
export function presenceAt(set: SetPresence | null, now: Date): Presence {
  if (set === null || now.getTime() - set.seenAt.getTime() > vanishSeconds * 1_000) return 'offline'
  return set.status
}
