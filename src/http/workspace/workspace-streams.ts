import { PassThrough } from 'node:stream'
import type { Deps } from '../../deps.ts'
import type { UserCaller } from '../../domain/caller.ts'
import type { LiveEvent } from '../../domain/event.ts'
import { Problem } from '../../errors.ts'
import { skillsHeld } from '../../store/conversation-work.ts'
import { inOrder, plannedOnce } from '../../store/db.ts'
import { eventWatch } from '../../store/event-watch.ts'
import { eventAt, lastEvent, readEvents } from '../../store/events.ts'
import { seePresences } from '../../store/presences.ts'
import type { Touch } from '../../store/touched.ts'
import type { ReadBehind } from '../../store/tx-sessions.ts'
import { type Listener, restart, tell, write } from './listener.ts'
import { beat, stillListening } from './still-listening.ts'
import { tellEvents } from './tell-events.ts'
import { tellTyping } from './tell-typing.ts'
import { type Seen, viewTouched } from './view-touched.ts'

export interface WorkspaceStreams {
  /**
   * Begins to tell a person what happens on their page, as server-sent events.
   * @param after number of the last event that the page knows; null: only what comes from now on.
   * @throws Problem `unavailable` when this process has as many streams as it can hold.
   */
  open(caller: UserCaller, sessionToken: string, after: number | null): Promise<PassThrough>
  stop(): Promise<void>
}

const mostStreams = 2_000
/** Tabs of one person; of more the eldest is one whose end we have not heard of. */
const mostOfUser = 12
/** Below the idle time-outs of proxies. With it goes the question whether the person may still listen, and the page answers it with a sign of life. */
const heartbeatMs = 15_000
/** Events read at once; a page that is further behind than `mostBehind` is better off with a new snapshot. */
const page = 500
const mostBehind = 5_000
const tryAgainMs = 1_000

/** The listeners of one account, who are told each event after one reading of it. */
interface Room {
  readonly accountId: string
  readonly listeners: Set<Listener>
  /** Listeners, and those about to be. */
  holders: number
  /** The number up to which was read; null: nobody has asked yet. */
  cursor: number | null
  /** When the event of that number was written; null: not known. */
  cursorAt: string | null
  /** How often the database was away since: is that event still the same one? */
  doubts: number
  /** Events were announced since the last reading began. */
  news: boolean
  /** What the announced events are about, as far as it is known: it can be viewed beside the reading of the events. */
  touched: Touch[]
  reading: boolean
  /** What was touched by the commit behind whose COMMIT was last read: its events need no other reading. */
  behind: readonly Touch[] | null
  unwatch(): void
}

/** The live streams of this process: woken by the watch, told from the database, never from memory. */
export function workspaceStreams(deps: Deps): WorkspaceStreams {
  const rooms = new Map<string, Room>()
  const ordered = inOrder(deps.db)
  const watch = eventWatch(deps.db, {
    onEventsGiven(accountId, touched, give) {
      const room = rooms.get(accountId)
      if (room === undefined || room.reading || room.doubts > 0) return
      if (room.cursor === null || room.listeners.size === 0) return
      void readBehind(room, room.cursor, touched, give)
    },
    onEvents(accountId, touched) {
      const room = rooms.get(accountId)
      if (room === undefined || room.behind === touched) return
      room.touched.push(...touched)
      wake(room)
    },
    onLook(accountId, last) {
      const room = rooms.get(accountId)
      if (room !== undefined && last !== room.cursor) wake(room)
    },
    onReturn() {
      for (const room of rooms.values()) {
        room.doubts += 1
        wake(room)
      }
    },
    onTyping: (typing) => void tellTyping(deps, typing, rooms.get(typing.accountId)?.listeners ?? new Set()),
  })
  const heartbeat = setInterval(() => {
    void beat(
      deps,
      [...rooms.values()].flatMap((room) => [...room.listeners]),
    )
  }, heartbeatMs)
  heartbeat.unref()
  let count = 0
  let stopping = false

  const wake = (room: Room) => {
    room.news = true
    if (!room.reading) void read(room)
  }

  /** Whether the newest event that was told is there and the same: then those before it are, too. */
  const stillTold = async (number: number, { accountId, cursorAt }: Room): Promise<boolean> =>
    cursorAt !== null && cursorAt === (await eventAt(deps.db, accountId, number))

  const read = async (room: Room) => {
    const { accountId, listeners } = room
    room.reading = true
    try {
      while (room.news && room.cursor !== null && listeners.size > 0) {
        room.news = false
        const { doubts } = room
        const told = doubts === 0 || (await stillTold(room.cursor, room))
        const touched = room.touched.splice(0)
        const [events, seen] = await Promise.all([
          told ? readEvents(ordered, accountId, room.cursor, page) : null,
          viewTouched(ordered, accountId, touched),
        ])
        room.doubts -= doubts
        if (events === null) {
          room.cursor = await lastEvent(deps.db, accountId)
          room.cursorAt = null
          for (const listener of listeners) restart(listener)
          continue
        }
        await tellAll(room, events, seen)
      }
      room.reading = false
    } catch {
      setTimeout(() => {
        room.reading = false
        wake(room)
      }, tryAgainMs).unref()
    }
  }

  const tellAll = async (room: Room, events: readonly LiveEvent[], seen: Seen) => {
    const tellings = await tellEvents(deps, room.accountId, events, seen)
    const doubtful = new Set(events.flatMap((event) => (event.kind === 'rights' ? event.userId : [])))
    const asked = [...room.listeners].filter(({ caller }) => doubtful.has(caller.userId))
    // Before the events are told: who has signed out hears no more of them.
    if (asked.length > 0) await stillListening(deps, asked)
    for (const listener of room.listeners) tell(listener, tellings)
    room.cursor = events.at(-1)?.number ?? room.cursor
    room.cursorAt = events.at(-1)?.at ?? room.cursorAt
    if (events.length === page) room.news = true
  }

  /** Reads behind a COMMIT of this process, on its own connection: two round trips less than reading after its answer. */
  const readBehind = async (room: Room, cursor: number, touched: readonly Touch[], give: ReadBehind) => {
    room.reading = true
    room.behind = touched
    try {
      const [events, seen] = await give((db) =>
        Promise.all([readEvents(db, room.accountId, cursor, page), viewTouched(db, room.accountId, touched)]),
      )
      if (events === null) room.news = true
      else await tellAll(room, events, seen)
    } catch {
      room.news = true
    }
    room.reading = false
    if (room.news) wake(room)
  }

  const enter = (accountId: string): Room => {
    const room: Room = rooms.get(accountId) ?? {
      ...{
        accountId,
        listeners: new Set(),
        holders: 0,
        cursor: null,
        cursorAt: null,
        doubts: 0,
        news: false,
        touched: [],
        reading: false,
        behind: null,
      },
      unwatch: watch.watch(accountId),
    }
    rooms.set(accountId, room)
    room.holders += 1
    return room
  }
  const leave = (room: Room) => {
    room.holders -= 1
    if (room.holders > 0) return
    room.unwatch()
    rooms.delete(room.accountId)
  }

  /** Tells what came before the listener joined, and joins at the moment when nothing lies between. */
  const join = async (room: Room, listener: Listener) => {
    room.cursor ??= listener.cursor
    while (listener.cursor < room.cursor && !listener.stream.destroyed) {
      const behind = room.cursor - listener.cursor
      const events =
        behind > mostBehind ? null : await readEvents(plannedOnce(deps.db), room.accountId, listener.cursor, page)
      if (events === null) return restart(listener)
      tell(listener, await tellEvents(deps, room.accountId, events))
    }
    room.listeners.add(listener)
    // What was announced while nobody listened was not read.
    wake(room)
  }

  return {
    async open(caller, sessionToken, after) {
      if (stopping || count >= mostStreams) throw new Problem('unavailable', { headers: { 'retry-after': '5' } })
      const { accountId, userId } = caller
      const stream = new PassThrough()
      const room = enter(accountId)
      count += 1
      stream.on('error', () => {})
      stream.once('close', () => {
        count -= 1
        for (const one of room.listeners) if (one.stream === stream) room.listeners.delete(one)
        leave(room)
      })
      try {
        const last = await lastEvent(deps.db, accountId)
        // After the number: whoever loses a skill from now on is told to begin again.
        const held = await skillsHeld(deps.db, accountId, userId)
        await seePresences(deps.db, [caller])
        const listener: Listener = { caller, held, stream, sessionToken, cursor: after ?? last }
        const own = [...room.listeners].filter((one) => one.caller.userId === userId)
        if (own.length >= mostOfUser) own[0]!.stream.end()
        write(listener, `retry: 2000\nid: ${listener.cursor}\nevent: ready\ndata: {}\n\n`)
        // A number from before a restored backup.
        if (listener.cursor > last) restart(listener)
        else await join(room, listener)
        return stream
      } catch (error) {
        stream.destroy()
        throw error
      }
    },
    async stop() {
      stopping = true
      clearInterval(heartbeat)
      for (const room of rooms.values()) for (const { stream } of [...room.listeners]) stream.end()
      await watch.stop()
    },
  }
}
