import { randomBytes } from 'node:crypto'
import type { FastifyInstance } from 'fastify'
import { controlRoutes, type Remote } from './control-routes.ts'

/**
 * A simulator as a process of its own, for tests that kill servers: node main.ts '<its options as JSON>'.
 * Prints one line, {"baseUrl", "controlToken", "pid"}, and ends when its standard input closes (its parent died) or on SIGTERM.
 * @param none the options when the process is given no argument.
 */
export async function runSimulator<Options, Simulator extends { readonly baseUrl: string; close(): Promise<void> }>(
  start: (options: Options, more: (app: FastifyInstance, simulator: Simulator) => void) => Promise<Simulator>,
  remote: Remote,
  none: Options,
): Promise<void> {
  const [, , given] = process.argv
  const options = given === undefined ? none : (JSON.parse(given) as Options)
  const controlToken = randomBytes(16).toString('hex')
  const simulator = await start(options, (app, running) => controlRoutes(app, running, remote, controlToken))
  process.stdout.write(`${JSON.stringify({ baseUrl: simulator.baseUrl, controlToken, pid: process.pid })}\n`)

  const stop = async (): Promise<void> => {
    await simulator.close()
    process.exit(0)
  }
  process.once('SIGTERM', () => void stop())
  process.stdin.once('end', () => void stop())
  process.stdin.resume()
}
