import { type HttpConnection, httpConnection } from './http-connection.ts'

export interface Measured {
  readonly requests: number
  readonly requestsPerSecond: number
  /** Milliseconds. */
  readonly p50: number
  readonly p99: number
}

/** Anything but 200 makes the measurement worthless. */
function mustBeOk(status: number): void {
  if (status !== 200) throw new Error(`A request was answered ${status} instead of 200.`)
}

/**
 * Closed loop: each connection sends its next request as soon as the last one is answered.
 * @param requests prepared beforehand, each sent once; the round ends early when they run out.
 */
export async function closedLoop(
  port: number,
  requests: readonly Buffer[],
  options: { connections: number; seconds: number },
): Promise<Measured> {
  const connections = await Promise.all(Array.from({ length: options.connections }, () => httpConnection(port)))
  const took: number[] = []
  let next = 0
  const start = performance.now()
  const until = start + options.seconds * 1000
  const drive = async (connection: HttpConnection) => {
    while (next < requests.length) {
      const request = requests[next]!
      next += 1
      const sent = performance.now()
      mustBeOk(await connection.send(request))
      const now = performance.now()
      took.push(now - sent)
      if (now >= until) return
    }
  }
  await Promise.all(connections.map(drive))
  const seconds = (performance.now() - start) / 1000
  for (const connection of connections) connection.close()
  return measured(took, seconds)
}

/**
 * Open loop: requests leave at a fixed rate whatever the server does, and each one's time counts from the moment it was
 * to leave, so that a server that stalls pays for everybody it kept waiting (no coordinated omission). Lateness of our
 * own timer counts for nobody.
 */
export async function openLoop(
  port: number,
  requests: readonly Buffer[],
  options: { connections: number; perSecond: number },
): Promise<Measured> {
  const idle = await Promise.all(Array.from({ length: options.connections }, () => httpConnection(port)))
  const everyMs = 1000 / options.perSecond
  const took: number[] = []
  const late: { request: Buffer; due: number }[] = []
  const start = performance.now() + 10
  let next = 0
  await new Promise<void>((resolve, reject) => {
    const begin = (connection: HttpConnection, request: Buffer, due: number) => {
      connection.send(request).then((status) => {
        mustBeOk(status)
        took.push(performance.now() - due)
        const waiting = late.shift()
        if (waiting !== undefined) begin(connection, waiting.request, waiting.due)
        else idle.push(connection)
        if (took.length === requests.length) resolve()
      }, reject)
    }
    const tick = () => {
      const now = performance.now()
      while (next < requests.length && start + next * everyMs <= now) {
        const connection = idle.pop()
        if (connection === undefined) late.push({ request: requests[next]!, due: now })
        else begin(connection, requests[next]!, now)
        next += 1
      }
      if (next < requests.length) setTimeout(tick, Math.max(0, start + next * everyMs - performance.now()))
    }
    tick()
  })
  const seconds = (performance.now() - start) / 1000
  for (const connection of idle) connection.close()
  return measured(took, seconds)
}

function measured(took: number[], seconds: number): Measured {
  took.sort((a, b) => a - b)
  const at = (share: number) => took[Math.min(took.length - 1, Math.floor(share * took.length))]!
  return { requests: took.length, requestsPerSecond: took.length / seconds, p50: at(0.5), p99: at(0.99) }
}
