import { useLocation, useNavigate } from '@tanstack/react-router'
import { useCallback, useMemo } from 'react'

/**
 * A list's filters, kept in the address: a link to it shows the same, and "back" undoes a filter. What equals its default
 * is left out. A consumer's number must never be one of them: addresses end up in histories and logs.
 */
export function useUrlFilters<F extends Readonly<Record<string, string>>>(
  defaults: F,
): [F, (change: Partial<F>) => void] {
  const search = useLocation().search as Record<string, unknown>
  const navigate = useNavigate()
  const names = Object.keys(defaults)
  const key = JSON.stringify(names.map((name) => search[name]))
  // biome-ignore lint/correctness/useExhaustiveDependencies: `key` stands for the named part of `search`
  const filters = useMemo(
    () =>
      Object.fromEntries(
        names.map((name) => [name, typeof search[name] === 'string' ? search[name] : defaults[name]]),
      ) as F,
    [key],
  )
  const setFilters = useCallback(
    (change: Partial<F>) => {
      const next = { ...search, ...change } as Record<string, unknown>
      for (const [name, value] of Object.entries(defaults)) if (next[name] === value) delete next[name]
      void navigate({ to: '.', search: next as never, replace: true })
    },
    [navigate, search, defaults],
  )
  return [filters, setFilters]
}
