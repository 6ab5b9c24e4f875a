/** Tells the benchmark where we listen, and on each of its questions what we have used of processor (µs) and memory (bytes). */
export function listening(port: number): void {
  process.send!({ port })
  process.on('message', (message) => {
    if (message !== 'usage?') return
    const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage()
    process.send!({ cpu: userCPUTime + systemCPUTime, rss: process.memoryUsage.rss(), peakRss: maxRSS * 1024 })
  })
  // The benchmark is gone, and with it the database.
  process.on('disconnect', () => process.exit())
}
