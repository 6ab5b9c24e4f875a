import { useSyncExternalStore } from 'react'
import { namesKnown, watchNames } from './group-words.ts'

/** Shows anew whoever names groups by their ids from the address, once an answer has said what they are called. */
export function useNames(): void {
  useSyncExternalStore(watchNames, namesKnown)
}
