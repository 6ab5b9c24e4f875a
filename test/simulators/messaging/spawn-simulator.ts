import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

/** A simulator in another process. `Called`: its methods that may be called there; `Read`: what may be read. */
export interface SpawnedSimulator<Called extends Record<keyof Called, (...args: never[]) => unknown>, Read> {
  readonly baseUrl: string
  readonly pid: number
  /** Calls the method of the same name in the other process. */
  call<C extends keyof Called>(name: C, ...args: Parameters<Called[C]>): Promise<Awaited<ReturnType<Called[C]>>>
  read<R extends keyof Read>(name: R): Promise<Read[R]>
  stop(): Promise<void>
}

/**
 * Starts a simulator as a process of its own: it outlives every server that a test kills, and ends with the test.
 * @param main the script that does `runSimulator`.
 * @param options what that simulator is started with; they travel as JSON.
 */
export async function spawnSimulator<Called extends Record<keyof Called, (...args: never[]) => unknown>, Read>(
  main: URL,
  options: object,
): Promise<SpawnedSimulator<Called, Read>> {
  const child: ChildProcess = spawn(process.execPath, [fileURLToPath(main), JSON.stringify(options)], {
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
