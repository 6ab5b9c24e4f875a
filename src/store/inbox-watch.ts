import { createHash } from 'node:crypto'
import type { Database } from './db.ts'
import type { Inbox } from './inapp-inbox.ts'

/** What a glance at an inbox's row shows. */
export interface InboxState {
  readonly lastChange: string
  readonly agentTypingAt: Date | null
}

/** Tells those who watch an inbox that something in it may have changed. */
export interface InboxWatch {
  /** @returns the function that ends it. */
  watch(inbox: Inbox, onState: (state: InboxState) => void): () => void
  /** Looks at the inboxes of all watchers once, at once. */
  look(): Promise<void>
  stop(): Promise<void>
}

/** NOTIFY only wakes: whoever missed one is told at the next look. One query for all watchers of this process. */
const lookEveryMs = 1_000

interface Watcher {
  readonly inbox: Inbox
  readonly onState: (state: InboxState) => void
  seen: string
}

/**
 * Watches inboxes for all streams of this process: one LISTEN and one look a second, whatever their number, and neither
 * while nobody watches.
 */
export function inboxWatch(db: Database): InboxWatch {
  const watchers = new Map<string, Set<Watcher>>()
  let listening: Promise<{ unlisten(): Promise<void> }> | null = null
  let timer: NodeJS.Timeout | null = null
  let stopped = false

  const glance = async (keys: readonly string[]) => {
    const asked = keys.flatMap((key) => [...(watchers.get(key) ?? [])].slice(0, 1).map(({ inbox }) => inbox))
    if (asked.length === 0) return
    const rows = await db<
      {
        account_id: string
        consumer_id: string
        last_change: string
        agent_typing_at: Date | null
      }[]
    >`
      select i.account_id, i.consumer_id, i.last_change, i.agent_typing_at
      from unnest(${asked.map((one) => one.accountId)}::text[], ${asked.map((one) => one.consumerId)}::text[])
        as asked(account_id, consumer_id)
      join inapp_inboxes i using (account_id, consumer_id)`
    for (const row of rows) {
      const key = keyOf({ accountId: row.account_id, consumerId: row.consumer_id })
      const seen = `${row.last_change} ${row.agent_typing_at?.getTime() ?? ''}`
      for (const watcher of watchers.get(key) ?? []) {
        if (watcher.seen === seen) continue
        watcher.seen = seen
        watcher.onState({ lastChange: row.last_change, agentTypingAt: row.agent_typing_at })
      }
    }
  }
  const look = () => glance([...watchers.keys()])

  const begin = () => {
    listening ??= db.listen(
      'inapp_inbox',
      (key) => {
        if (watchers.has(key)) void glance([key]).catch(() => {})
      },
      // A listener that reconnects has missed what came meanwhile.
      () => void look().catch(() => {}),
    )
    listening.catch(() => {
      listening = null
    })
    timer ??= setInterval(() => void look().catch(() => {}), lookEveryMs)
  }
  const rest = () => {
    if (timer !== null) clearInterval(timer)
    timer = null
  }

  return {
    watch(inbox, onState) {
      if (stopped) return () => {}
      const key = keyOf(inbox)
      const watcher: Watcher = { inbox, onState, seen: '' }
      const all = watchers.get(key) ?? new Set()
      all.add(watcher)
      watchers.set(key, all)
      begin()
      void glance([key]).catch(() => {})
      return () => {
        all.delete(watcher)
        if (all.size === 0 && watchers.get(key) === all) watchers.delete(key)
        if (watchers.size === 0) rest()
      }
    },
    look,
    async stop() {
      stopped = true
      rest()
      watchers.clear()
      await (await listening?.catch(() => null))?.unlisten().catch(() => {})
    },
  }
}

/** As the trigger of `migrations/0006_channels.sql` names it: a consumer's id is no matter for a notification. */
const keyOf = ({ accountId, consumerId }: Inbox) => `${accountId}/${createHash('md5').update(consumerId).digest('hex')}`
