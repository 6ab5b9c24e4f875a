import { keepAlive } from './keep-alive.ts'
import { keepCompiled } from './keep-compiled.ts'

/**
 * The entry: `npm start`. One process keeps, its child serves: when the server dies of anything but its own decision,
 * it is back within seconds without a human (promise P10). Under an init system that restarts by itself, `KEEPER=off`
 * runs the server alone.
 */
keepCompiled()

if (process.send === undefined && process.env.KEEPER !== 'off') {
  await keepAlive(import.meta.filename)
} else {
  // Read only where it runs: the keeper started a second later, and held as much memory as a server, for code it never used.
  const { serve } = await import('./serve.ts')
  await serve(process.env)
}
