import { useBlocker } from '@tanstack/react-router'
import { useCallback, useRef, useState } from 'react'
import { confirm } from '../ui/confirm.tsx'

export interface Draft<T> {
  /** What is saved, with the changes over it. */
  readonly value: T
  /** Only what differs from what is saved: what a PATCH sends. */
  readonly changes: Partial<T>
  readonly dirty: boolean
  set(change: Partial<T>): void
  /** Forgets of the changes what was sent and is saved now; what was typed since then stays to be saved. */
  settle(sent: Partial<T>): void
  /** Forgets the changes: they are given up. */
  clear(): void
}

/** Changes over what is saved, until they are saved or discarded. Nobody leaves the page with some by accident. */
export function useDraft<T extends object>(saved: T): Draft<T> {
  const [given, setGiven] = useState<Partial<T>>({})
  // Read when an answer comes, by who has asked several renders ago.
  const latest = useRef(given)
  const put = useCallback((next: Partial<T>) => {
    latest.current = next
    setGiven(next)
  }, [])
  const changes = Object.fromEntries(
    Object.entries(given).filter(([name, value]) => !same(value, saved[name as keyof T])),
  ) as Partial<T>
  const dirty = Object.keys(changes).length > 0
  // Read when somebody leaves, which can be in the same moment as `clear` and `settle`.
  const blocking = useRef(dirty)
  blocking.current = dirty
  useBlocker({
    shouldBlockFn: async ({ current, next }) =>
      blocking.current && current.pathname !== next.pathname && !(await confirm(leaving)),
    enableBeforeUnload: () => blocking.current,
  })
  const set = useCallback((change: Partial<T>) => put({ ...latest.current, ...change }), [put])
  const settle = useCallback(
    (sent: Partial<T>) => {
      const left = Object.entries(latest.current).filter(([name, value]) => !same(value, sent[name as keyof T]))
      blocking.current = left.length > 0
      put(Object.fromEntries(left) as Partial<T>)
    },
    [put],
  )
  const clear = useCallback(() => {
    blocking.current = false
    put({})
  }, [put])
  return { value: { ...saved, ...given }, changes, dirty, set, settle, clear }
}

const leaving = {
  title: 'Leave without saving',
  text: 'What you have changed on this page is not saved.',
  yes: 'Leave',
}

/** Whether two JSON values say the same, whatever the order of their fields. */
export function same(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  if (Array.isArray(a) !== Array.isArray(b)) return false
  const names = new Set([...Object.keys(a), ...Object.keys(b)])
  return [...names].every((name) => same((a as Loose)[name], (b as Loose)[name]))
}
type Loose = Record<string, unknown>
