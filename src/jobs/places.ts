/** The places of one worker: as many jobs run at once. */
export interface Places {
  /** Brands that may not have another place now. */
  full(): string[]
  /**
   * A place for a job, until the returned function is called; null: the brand has as many as it may.
   * @param accountId whose job it is; null: no brand's.
   */
  take(accountId: string | null): (() => void) | null
}

/**
 * Shares places so that a brand whose provider is slow holds up itself and no other (promise P6): a brand that has some may
 * have one more only while more than those are free. So one alone has half of them at most, two slow ones leave a fifth, and
 * a brand that has none is never turned away.
 */
export function places(count: number): Places {
  const held = new Map<string | null, number>()
  let free = count

  const isFull = (accountId: string | null) => {
    const own = held.get(accountId) ?? 0
    return accountId !== null && own > 0 && own >= free
  }

  return {
    full: () => [...held.keys()].filter((accountId) => accountId !== null).filter(isFull),
    take(accountId) {
      if (isFull(accountId)) return null
      free -= 1
      held.set(accountId, (held.get(accountId) ?? 0) + 1)
      return () => {
        free += 1
        const left = held.get(accountId)! - 1
        if (left > 0) held.set(accountId, left)
        else held.delete(accountId)
      }
    },
  }
}
