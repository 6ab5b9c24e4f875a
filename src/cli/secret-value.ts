import { createInterface } from 'node:readline'
import { type Env, Mistake } from './command.ts'

let lines: AsyncIterator<string> | null = null

/**
 * A value as it was given, or where it says it is: `env:NAME` is an environment variable, `-` the next line of standard
 * input. So a secret need not stand in the shell's history or in the list of processes.
 * @throws Mistake
 */
export async function secretValue(value: string, env: Env): Promise<string> {
  if (value.startsWith('env:')) {
    const found = env[value.slice(4)]
    if (found === undefined || found === '') throw new Mistake(`The environment variable ${value.slice(4)} is not set.`)
    return found
  }
  if (value !== '-') return value
  lines ??= createInterface({ input: process.stdin, terminal: false })[Symbol.asyncIterator]()
  const line = await lines.next()
  if (line.done || line.value.trim() === '') throw new Mistake('Standard input ended before a value came.')
  return line.value.trim()
}
