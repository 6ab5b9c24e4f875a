import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { controls, readings } from './control-routes.ts'
import type { MetaSimulatorOptions } from './options.ts'
import type { MetaSimulator } from './start-meta-simulator.ts'

type Control = (typeof controls)[number]
type Reading = (typeof readings)[number]

export interface SpawnedMetaSimulator {
  readonly baseUrl: string
  readonly pid: number
  /** Calls the method of the same name in the other process. */
  call<C extends Control>(
    name: C,
    ...args: Parameters<MetaSimulator[C]>
  ): Promise<Awaited<ReturnType<MetaSimulator[C]>>>
  read<R extends Reading>(name: R): Promise<MetaSimulator[R]>
  stop(): Promise<void>
}

/** Starts the simulator as a process of its own: it outlives every server that a test kills, and ends with the test. */
export async function spawnMetaSimulator(
  options: Omit<MetaSimulatorOptions, 'onAccept'>,
): Promise<SpawnedMetaSimulator> {
  const main = fileURLToPath(new URL('main.ts', import.meta.url))
  const child: ChildProcess = spawn(process.execPath, [main, JSON.stringify(options)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const exited = once(child, 'exit')
  const line = await Promise.race([
    once(createInterface({ input: child.stdout! }), 'line').then(([text]) => String(text)),
    exited.then(() => {
      throw new Error('The simulator ended before it was ready.')
    }),
  ])
  const { baseUrl, controlToken, pid } = JSON.parse(line) as { baseUrl: string; controlToken: string; pid: number }
  const ask = async (body: object): Promise<unknown> => {
    const answer = await fetch(`${baseUrl}/control`, {
      method: 'POST',
      headers: { authorization: `Bearer ${controlToken}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
    const { value, error } = (await answer.json()) as { value?: unknown; error?: string }
    if (!answer.ok) throw new Error(`The simulator refuses: ${error}`)
    return value
  }
  return {
    baseUrl,
    pid,
    call: (name, ...args) => ask({ call: name, args }) as never,
    read: (name) => ask({ read: name }) as never,
    stop: async () => {
      child.stdin!.end()
      await exited
    },
  }
}
