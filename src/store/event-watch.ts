import { accountSaid, eventsChannel, hearCommits } from './committed.ts'
import type { Database } from './db.ts'
import { lastEvents } from './events.ts'
import type { Touch } from './touched.ts'
import type { ReadBehind } from './tx-sessions.ts'
import { type Typing, typingChannel, typingOf } from './typing.ts'

/** Tells those who follow accounts that there may be something new. */
export interface EventWatch {
  /** @returns the function that ends it. */
  watch(accountId: string): () => void
  stop(): Promise<void>
}

export interface WatchEars {
  /** See `CommitListener.onGiven`; `onEvents` follows with the same `touched` unless the COMMIT fails. */
  onEventsGiven(accountId: string, touched: readonly Touch[], read: ReadBehind): void
  /** Events came; what this process itself touched is known already. */
  onEvents(accountId: string, touched: readonly Touch[]): void
  /** The account's number was looked at. */
  onLook(accountId: string, last: number): void
  onTyping(typing: Typing): void
  /**
   * The database was away. If it broke down, events that were seen but not yet durable are gone, and their numbers are given
   * again.
   */
  onReturn(): void
}

/** NOTIFY only wakes: whoever missed one is told at the next look. One query for all accounts that this process follows. */
const lookEveryMs = 1_000

/** Hears of commits of this process at once, of others by NOTIFY, and of those it missed by looking each second. */
export function eventWatch(db: Database, ears: WatchEars): EventWatch {
  const followed = new Map<string, number>()
  let listening: Promise<{ unlisten(): Promise<void> }>[] | null = null
  let timer: NodeJS.Timeout | null = null
  let looking = false

  const look = async () => {
    if (looking || followed.size === 0) return
    looking = true
    try {
      for (const [accountId, last] of await lastEvents(db, [...followed.keys()])) ears.onLook(accountId, last)
    } catch {
      // The database is away: the next look finds what was missed.
    } finally {
      looking = false
    }
  }
  const tell = (accountId: string | null, touched: readonly Touch[] = []) => {
    if (accountId !== null && followed.has(accountId)) ears.onEvents(accountId, touched)
  }
  const hearNothing = hearCommits(db, {
    onGiven(accountId, touched, read) {
      if (followed.has(accountId)) ears.onEventsGiven(accountId, touched, read)
    },
    onCommitted: tell,
  })
  const begin = () => {
    let times = 0
    listening ??= [
      db.listen(
        eventsChannel,
        (said) => tell(accountSaid(db, said)),
        () => {
          times += 1
          if (times === 1) void look()
          else ears.onReturn()
        },
      ),
      db.listen(typingChannel, (said) => {
        const typing = typingOf(said)
        if (typing !== null && followed.has(typing.accountId)) ears.onTyping(typing)
      }),
    ]
    for (const one of listening)
      one.catch(() => {
        listening = null
      })
    timer ??= setInterval(() => void look(), lookEveryMs)
  }
  const rest = () => {
    if (timer !== null) clearInterval(timer)
    timer = null
  }

  return {
    watch(accountId) {
      followed.set(accountId, (followed.get(accountId) ?? 0) + 1)
      begin()
      let ended = false
      return () => {
        if (ended) return
        ended = true
        const left = followed.get(accountId)! - 1
        if (left > 0) followed.set(accountId, left)
        else followed.delete(accountId)
        if (followed.size === 0) rest()
      }
    },
    async stop() {
      hearNothing()
      rest()
      followed.clear()
      for (const one of listening ?? []) await (await one.catch(() => null))?.unlisten().catch(() => {})
    },
  }
}
