import { type ChildProcess, fork } from 'node:child_process'
import { heapFlags } from './heap-flags.ts'

/** Waits between restarts, in milliseconds: at once after a crash, slower when it keeps crashing. */
const pauses = [0, 500, 1_000, 2_000, 5_000]
/** A server that ran this long had started well; the pauses begin anew. */
const steadyMs = 30_000
/** EX_UNAVAILABLE and EX_TEMPFAIL of sysexits.h: the database is away, the folder's last owner is not gone yet. */
const passing = [69, 75]

/**
 * Runs `script` as a child and starts it again when it dies of a signal or a crash. A child that ends by its own
 * decision (0, or a sysexits.h code from 64 to 78: a wrong setting, a folder in use) is not restarted: its sentence is
 * for a person, and its code becomes ours. Once a child has said that it serves, the settings are right, and a database
 * that is away at a later start will be back: that start is tried until it succeeds (promise P10). The child ends by
 * itself when this process is killed, so that nothing is left behind to hold the port and the data folder.
 */
export function keepAlive(script: string): Promise<never> {
  return new Promise<never>(() => {
    let stopping = false
    let crashes = 0
    let served = false

    const start = () => {
      const startedAt = performance.now()
      const child = fork(script, process.argv.slice(2), {
        ...{ stdio: 'inherit', execArgv: [...heapFlags, ...process.execArgv] },
      })
      const signals = forwardSignals(child, () => {
        stopping = true
      })
      child.on('message', (message: { serves?: unknown }) => {
        served ||= message.serves === true
      })
      child.once('exit', (code, signal) => {
        signals.remove()
        const decided = code !== null && (code === 0 || (code >= 64 && code <= 78))
        const passes = served && code !== null && passing.includes(code)
        if (stopping || (decided && !passes)) process.exit(code ?? 1)
        crashes = performance.now() - startedAt > steadyMs ? 1 : crashes + 1
        const pause = pauses[Math.min(crashes, pauses.length) - 1]!
        process.stderr.write(`The server ended unexpectedly (${signal ?? `code ${code}`}); starting it again.\n`)
        setTimeout(() => (stopping ? process.exit(1) : start()), pause)
      })
    }
    start()
  })
}

/**
 * Passes each signal on as a message: a signal to the whole process group (Ctrl-C in a terminal) reaches the child
 * twice otherwise, and the second one means "end at once".
 */
function forwardSignals(child: ChildProcess, onStop: () => void): { remove(): void } {
  const names = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const
  const pass = (signal: NodeJS.Signals) => {
    onStop()
    if (child.connected) child.send({ signal })
  }
  for (const name of names) process.on(name, pass)
  return {
    remove() {
      for (const name of names) process.removeListener(name, pass)
    },
  }
}
