import { useSyncExternalStore } from 'react'

/** One timer for each pace, however many look at it, so that a list's times change together. */
const clocks = new Map<
  number,
  { now: number; watchers: Set<() => void>; timer: ReturnType<typeof setInterval> | null }
>()

function clockOf(everyMs: number) {
  let clock = clocks.get(everyMs)
  if (clock === undefined) {
    clock = { now: Date.now(), watchers: new Set(), timer: null }
    clocks.set(everyMs, clock)
  }
  return clock
}

/** The time now, in ms, anew every `everyMs`. */
export function useNow(everyMs: number): number {
  return useSyncExternalStore(
    (watch) => {
      const clock = clockOf(everyMs)
      clock.watchers.add(watch)
      clock.timer ??= setInterval(() => {
        clock.now = Date.now()
        for (const watcher of clock.watchers) watcher()
      }, everyMs)
      return () => {
        clock.watchers.delete(watch)
        if (clock.watchers.size > 0 || clock.timer === null) return
        clearInterval(clock.timer)
        clock.timer = null
      }
    },
    () => {
      const clock = clockOf(everyMs)
      if (clock.timer === null && Date.now() - clock.now > everyMs) clock.now = Date.now()
      return clock.now
    },
  )
}
