import type { Deps } from '../deps.ts'

/** A request whose answer is out. */
export interface Answered {
  readonly requestId: string
  readonly route: string
  readonly method: string
  readonly status: number
  readonly milliseconds: number
  /** What went well is counted and not logged. */
  readonly countedOnly: boolean
}

/** Makes the function that counts an answered request and logs its one line. */
export function answered(deps: Deps): (request: Answered) => void {
  // One line a request, of fields that are named here: cutting secrets out of it by name would cost more than the line.
  const lines = deps.log.child({}, { redact: [] })
  /** The histogram's own look-up by labels costs several times as much as this one, at every request. */
  const times = new Map<string, { observe(seconds: number): void }>()

  return ({ requestId, route, method, status, milliseconds, countedOnly }) => {
    const name = `${method} ${status} ${route}`
    let time = times.get(name)
    if (time === undefined) {
      time = deps.metrics.requests.labels({ route, method, status })
      times.set(name, time)
    }
    time.observe(milliseconds / 1000)
    // The IVR's calls are counted, and kept with their steps: a line for each that went well would say nothing more.
    const level = countedOnly && status < 400 ? 'debug' : 'info'
    if (deps.log.isLevelEnabled(level))
      lines[level]({ requestId, route, method, status, ms: Math.round(milliseconds) }, 'answered')
  }
}
