/** Signals nearer together than this are one wish: a terminal sends Ctrl-C to the whole group, the keeper passes it on as well. */
const sameWishMs = 300

/**
 * Calls `stop` at the first SIGTERM, SIGINT or SIGHUP (or the keeper's message of one), and `endNow` at a second one.
 * A lost keeper ends the process at once, as a crash would: nothing may stay behind that holds port and data folder.
 */
export function onStopSignal(stop: (signal: string) => void, endNow: () => void): void {
  let firstAt: number | null = null
  const wish = (signal: string) => {
    const now = performance.now()
    if (firstAt === null) {
      firstAt = now
      stop(signal)
    } else if (now - firstAt > sameWishMs) endNow()
  }
  for (const name of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(name, wish)
  process.on('message', (message: { signal?: unknown }) => {
    if (typeof message.signal === 'string') wish(message.signal)
  })
  process.on('disconnect', endNow)
}
