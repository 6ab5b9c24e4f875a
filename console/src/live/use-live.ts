import { useSyncExternalStore } from 'react'
import type { LiveState } from './live-state.ts'
import { currentLive, type Live, watchLive } from './live-store.ts'

/** The line and all that is known; renders anew at each change of what `pick` gives. */
export function useLive<T>(pick: (live: Live) => T): T {
  return useSyncExternalStore(watchLive, () => pick(currentLive()))
}

/** The same for the state. Only below the workspace's loading, which shows nothing before there is one. */
export function useLiveState<T>(pick: (state: LiveState) => T): T {
  return useLive(({ state }) => {
    if (state === null) throw new Error('useLiveState was used before there was a snapshot')
    return pick(state)
  })
}
