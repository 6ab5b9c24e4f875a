import { PassThrough } from 'node:stream'
import type { Deps } from '../../deps.ts'
import type { DeviceCaller } from '../../domain/caller.ts'
import { typingSeconds } from '../../domain/device.ts'
import { Problem } from '../../errors.ts'
import { callerOfDevice } from '../../store/devices.ts'
import { changedInbox, lastChange } from '../../store/inapp-inbox.ts'
import { type InboxState, inboxWatch } from '../../store/inbox-watch.ts'
import { presentMessage } from './present-message.ts'

export interface DeviceStreams {
  /**
   * Begins to tell a device what happens in its inbox, as server-sent events.
   * @param after number of the last change that the device knows; null: only what comes from now on.
   * @throws Problem `unavailable` when this process has as many streams as it can hold.
   */
  open(caller: DeviceCaller, deviceToken: string, after: string | null): Promise<PassThrough>
  stop(): Promise<void>
}

const mostStreams = 1_000
/** A page and its service worker may listen at once; of more the eldest is one whose end we have not heard of. */
const mostOfDevice = 3
/** Below the idle time-outs of proxies. With it comes the question whether the device may still listen. */
const heartbeatMs = 15_000
/** What a device that reads nothing may leave waiting here, in bytes; it comes back and goes on where it was. */
const mostWaiting = 256 * 1024
const page = 100
const tryAgainMs = 1_000

/** The live streams of this process: woken by the inbox's watch, told from the database, never from memory. */
export function deviceStreams(deps: Deps): DeviceStreams {
  const watch = inboxWatch(deps.db)
  const open = new Map<string, PassThrough[]>()
  let count = 0
  let stopping = false

  const enter = (deviceId: string, stream: PassThrough) => {
    const streams = open.get(deviceId) ?? []
    open.set(deviceId, streams)
    streams.push(stream)
    count += 1
    if (streams.length > mostOfDevice) streams[0]!.end()
    return () => {
      streams.splice(streams.indexOf(stream), 1)
      if (streams.length === 0) open.delete(deviceId)
      count -= 1
    }
  }

  return {
    async open(caller, deviceToken, after) {
      const last = await lastChange(deps.db, caller)
      if (stopping || count >= mostStreams) throw new Problem('unavailable', { headers: { 'retry-after': '5' } })
      // A number from before a restored backup must not make the stream wait for it to be reached again.
      const cursor = after === null || BigInt(after) > BigInt(last) ? last : after
      const stream = new PassThrough()
      const leave = enter(caller.deviceId, stream)
      stream.write(`retry: 2000\nid: ${cursor}\nevent: ready\ndata: {}\n\n`)
      const teller = tell(deps, caller, stream, cursor)
      const unwatch = watch.watch(caller, teller.onState)
      const heartbeat = setInterval(() => {
        callerOfDevice(deps.db, deviceToken)
          .then((now) => (now?.deviceId === caller.deviceId ? stream.write(': still here\n\n') : stream.end()))
          // The database is away: the stream has nothing to tell, and the device nothing to gain from coming back.
          .catch(() => stream.write(': still here\n\n'))
      }, heartbeatMs)
      stream.once('close', () => {
        clearInterval(heartbeat)
        unwatch()
        teller.stop()
        leave()
      })
      stream.on('error', () => {})
      return stream
    },
    async stop() {
      stopping = true
      for (const streams of open.values()) for (const stream of [...streams]) stream.end()
      await watch.stop()
    },
  }
}

/** Writes what has changed since the cursor, in order, whenever it is woken; one reading at a time. */
function tell(deps: Deps, caller: DeviceCaller, stream: PassThrough, from: string) {
  let cursor = from
  let telling = false
  let again = false
  let typingTold = 0
  let retry: NodeJS.Timeout | null = null

  const write = (text: string) => {
    if (stream.writableEnded || stream.destroyed) return
    stream.write(text)
    if (stream.writableLength + stream.readableLength > mostWaiting) stream.destroy()
  }
  const tellChanges = async () => {
    if (telling) {
      again = true
      return
    }
    telling = true
    try {
      do {
        again = false
        for (let full = true; full && !stream.destroyed; ) {
          const changed = await changedInbox(deps.db, caller, cursor, page)
          for (const message of changed) {
            cursor = message.change
            write(`id: ${cursor}\nevent: message\ndata: ${JSON.stringify(presentMessage(message, caller))}\n\n`)
          }
          full = changed.length === page
        }
      } while (again)
    } catch {
      retry = setTimeout(() => void tellChanges(), tryAgainMs)
    } finally {
      telling = false
    }
  }

  return {
    onState({ lastChange: newest, agentTypingAt }: InboxState) {
      if (BigInt(newest) > BigInt(cursor)) void tellChanges()
      const at = agentTypingAt?.getTime() ?? 0
      if (at <= typingTold) return
      typingTold = at
      if (deps.clock.now().getTime() - at < typingSeconds * 1_000)
        write(`event: typing\ndata: {"seconds":${typingSeconds}}\n\n`)
    },
    stop() {
      if (retry !== null) clearTimeout(retry)
    },
  }
}
