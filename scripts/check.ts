import { spawnSync } from 'node:child_process'
import { join } from 'node:path'

/** `npm run check`: types, style, and generated files that are what the code says. Runs all, fails if one does. */
const root = join(import.meta.dirname, '..')
const checks: readonly (readonly [string, readonly string[]])[] = [
  ['types', ['tsc', '--noEmit']],
  ['types of the console', ['tsc', '-p', 'console']],
  ['style', ['biome', 'ci', '--error-on-warnings', '.']],
  ['generated files', ['node', 'scripts/generate.ts', '--check']],
]

let failed = 0
for (const [name, [command, ...args]] of checks) {
  const path = command === 'node' ? process.execPath : join(root, 'node_modules', '.bin', command!)
  const { status } = spawnSync(path, args, { cwd: root, stdio: 'inherit' })
  process.stdout.write(`${status === 0 ? '✔' : '✖'} ${name}\n`)
  if (status !== 0) failed += 1
}
process.exit(failed === 0 ? 0 : 1)
