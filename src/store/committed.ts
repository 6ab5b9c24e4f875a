import { randomUUID } from 'node:crypto'
import type { Database } from './db.ts'
import type { Touch } from './touched.ts'
import type { ReadBehind } from './tx-sessions.ts'

/** The channel on which the processes of a deployment wake each other; what is said there: who speaks, and an account's id. */
export const eventsChannel = 'events'

/** Milliseconds between two notifications of one process: each is a commit of its own, and wakes every process. */
const notifyEveryMs = 50

export interface CommitListener {
  /** A COMMIT is on its way: what `read` gives sees what it changes, without waiting for its answer. It may yet fail. */
  onGiven(accountId: string, touched: readonly Touch[], read: ReadBehind): void
  /** It has succeeded; `touched` is the same as before. */
  onCommitted(accountId: string, touched: readonly Touch[]): void
}

interface Announcer {
  /** Who speaks: whoever committed something itself has heard of it at once. */
  readonly name: string
  readonly listeners: Set<CommitListener>
  readonly waiting: Set<string>
  busy: boolean
}

const announcers = new WeakMap<Database, Announcer>()

function announcerOf(db: Database): Announcer {
  let announcer = announcers.get(db)
  if (announcer === undefined) {
    announcer = { name: randomUUID(), listeners: new Set(), waiting: new Set(), busy: false }
    announcers.set(db, announcer)
  }
  return announcer
}

/** Hears of each commit of this process that brings events. @returns the function that ends it. */
export function hearCommits(db: Database, listener: CommitListener): () => void {
  const { listeners } = announcerOf(db)
  listeners.add(listener)
  return () => void listeners.delete(listener)
}

/** The account that another process speaks of; null for our own words. */
export function accountSaid(db: Database, said: string): string | null {
  const [name, accountId] = said.split('/')
  return accountId === undefined || name === announcerOf(db).name ? null : accountId
}

/** Says in this process that a COMMIT with new events is on its way. */
export function announceGiven(db: Database, touched: ReadonlyMap<string, readonly Touch[]>, read: ReadBehind): void {
  for (const [accountId, touches] of touched)
    for (const listener of announcerOf(db).listeners) listener.onGiven(accountId, touches, read)
}

/**
 * Says after a COMMIT that accounts have new events: at once in this process, and soon to the others by a notification
 * outside the tx (NOTIFY inside would make all commits wait for each other). Nothing depends on its arriving.
 */
export function announce(db: Database, touched: ReadonlyMap<string, readonly Touch[]>): void {
  const announcer = announcerOf(db)
  for (const [accountId, touches] of touched) {
    announcer.waiting.add(accountId)
    for (const listener of announcer.listeners) listener.onCommitted(accountId, touches)
  }
  if (!announcer.busy && announcer.waiting.size > 0) void notify(db, announcer)
}

async function notify(db: Database, announcer: Announcer): Promise<void> {
  announcer.busy = true
  const said = [...announcer.waiting]
  announcer.waiting.clear()
  // What cannot be said now is found by whoever looks every second.
  // Nor does it wait for the disk, which others wait for meanwhile.
  await db`
    select set_config('synchronous_commit', 'off', true), pg_notify(${eventsChannel}, ${`${announcer.name}/`} || account_id)
    from unnest(${said}::text[]) account_id`.catch(() => {})
  setTimeout(() => {
    announcer.busy = false
    if (announcer.waiting.size > 0) void notify(db, announcer)
  }, notifyEveryMs).unref()
}
