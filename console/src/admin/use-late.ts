import { useEffect, useState } from 'react'

/** What `value` was a moment ago: for a search that asks the server, not at each letter. */
export function useLate<T>(value: T, afterMs = 250): T {
  const [late, setLate] = useState(value)
  useEffect(() => {
    const timer = setTimeout(() => setLate(value), afterMs)
    return () => clearTimeout(timer)
  }, [value, afterMs])
  return late
}
