/** Tells the benchmark where we listen, and on each of its questions how much processor time we have used (µs). */
export function listening(port: number): void {
  process.send!({ port })
  process.on('message', () => {
    const { user, system } = process.cpuUsage()
    process.send!({ cpu: user + system })
  })
  // The benchmark is gone, and with it the database.
  process.on('disconnect', () => process.exit())
}
