/**
 * The simulator as a process of its own, for tests that kill servers: node main.ts '<MetaSimulatorOptions as JSON>'.
 * Prints one line, {"baseUrl", "controlToken", "pid"}, and ends when its standard input closes (its parent died) or on SIGTERM.
 */
import { randomBytes } from 'node:crypto'
import { controlRoutes } from './control-routes.ts'
import type { MetaSimulatorOptions } from './options.ts'
import { startMetaSimulator } from './start-meta-simulator.ts'

const options = JSON.parse(process.argv[2] ?? '{"businesses":[]}') as MetaSimulatorOptions
const controlToken = randomBytes(16).toString('hex')
const simulator = await startMetaSimulator(options, (app, running) => controlRoutes(app, running, controlToken))
process.stdout.write(`${JSON.stringify({ baseUrl: simulator.baseUrl, controlToken, pid: process.pid })}\n`)

const stop = async (): Promise<void> => {
  await simulator.close()
  process.exit(0)
}
process.once('SIGTERM', () => void stop())
process.stdin.once('end', () => void stop())
process.stdin.resume()
