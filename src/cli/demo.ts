import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Channel, channels } from '../domain/channel.ts'
import { type Command, type Env, exitCodes, type Given, Mistake, one, type Said } from './command.ts'
import { journey, type Sandbox, type Step } from './demo-journey.ts'
import { type DemoServer, startDemoServer } from './demo-server.ts'

interface Told {
  readonly step: string
  readonly ms: number
  readonly said: string
  readonly held: boolean
}

/** The main job at a glance: a fresh server, the whole journey of a call over real HTTP, and everything stopped again. */
export const demo: Command = {
  name: 'demo',
  about: 'Play the whole journey of one call against a fresh server of its own.',
  options: { channel: { value: 'CHANNEL', about: 'Where the caller is invited: sms (the default), wa or inapp.' } },
  async run({ given, env }) {
    const channel = channelOf(given)
    const told: Told[] = []
    const say = (line: string) => {
      if (given.json !== true) process.stdout.write(`${line}\n`)
    }
    const tell = (entry: Told) => {
      told.push(entry)
      say(`  ${entry.held ? '✓' : '✗'} ${entry.step}  ${`(${entry.ms} ms)`}\n      ${entry.said}`)
    }
    const interruption = new AbortController()
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.once(signal, () => interruption.abort(new Error(`ended by ${signal}`)))
    }
    const { signal } = interruption
    const step: Step = async (title, work) => {
      signal.throwIfAborted()
      const begin = performance.now()
      const ms = () => Math.round(performance.now() - begin)
      try {
        const { value, said } = await work()
        signal.throwIfAborted()
        tell({ step: title, ms: ms(), said: said.trim(), held: true })
        return value
      } catch (error) {
        const why = signal.aborted ? (signal.reason as Error) : (error as Error)
        tell({ step: title, ms: ms(), said: why.message, held: false })
        throw why
      }
    }
    say('A phone call becomes a conversation. Everything below really happens, on a server made for it.\n')
    const begin = performance.now()
    const held = await play(env, channel, step, signal)
    const seconds = ((performance.now() - begin) / 1000).toFixed(1)
    const verdict = held
      ? `All ${told.length} steps held (${seconds} s). The server is stopped and its data removed.`
      : 'A step did not hold. The server is stopped and its data removed.'
    return {
      json: { ok: held, steps: told },
      text: `\n${verdict}`,
      ...(held ? {} : { exitCode: exitCodes.failed }),
    } satisfies Said
  },
}

/** @throws Mistake */
function channelOf(given: Given): Channel {
  const name = one(given, 'channel') ?? 'sms'
  const channel = channels.find((known) => known === name)
  if (channel === undefined) throw new Mistake(`--channel must be sms, wa or inapp, not "${name}".`)
  return channel
}

/** Whether all held. Whatever happens, also Ctrl-C, what was started is stopped. */
async function play(env: Env, channel: Channel, step: Step, signal: AbortSignal): Promise<boolean> {
  let server: DemoServer | null = null
  try {
    server = await step('A server starts, with its own PostgreSQL', async () => {
      server = await startDemoServer(env, signal)
      return { value: server, said: server.url }
    })
    const sandbox = JSON.parse(await readFile(join(server.dataDir, 'sandbox.json'), 'utf8')) as Sandbox
    await journey(server.url, sandbox, channel, step, signal)
    return true
  } catch {
    return false
  } finally {
    await server?.stop()
  }
}
