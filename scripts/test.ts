import { chmod, mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { run } from 'node:test'
import { spec } from 'node:test/reporters'
import { startPostgres } from '../src/postgres/start-postgres.ts'
import { personalDataIn } from '../test/personal-data.ts'
import { buildConsole } from './build-console.ts'

/**
 * `npm test`: every test file, three at a time (two leave one of two cores idle, since stories wait for leases and restarts;
 * more starve them), on one real PostgreSQL that is started for the run; each file clones its own database from a template.
 * Then the canary: nothing of a person may stand in anything the tested servers logged or measured. `npm test -- PART` runs
 * the files whose path contains PART.
 */
const root = join(import.meta.dirname, '..')
const wanted = process.argv.slice(2)

const files: string[] = []
for (const folder of ['src', 'test', 'scripts', 'bench', 'console/src']) {
  const entries = await readdir(join(root, folder), { recursive: true }).catch(() => [])
  files.push(...entries.filter((name) => name.endsWith('.test.ts')).map((name) => join(root, folder, name)))
}
const chosen = files
  .filter((file) => wanted.length === 0 || wanted.some((part) => relative(root, file).includes(part)))
  // Backwards: the stories come first, so that none of their minutes is left over for the end, when one of two cores idles.
  .sort()
  .reverse()
if (chosen.length === 0) {
  process.stderr.write(`No test file's path contains ${wanted.join(' or ')}.\n`)
  process.exit(2)
}

const built = await buildConsole()
if (built !== null) process.stdout.write(`${built}\n`)

const folder = await mkdtemp(join(tmpdir(), 'c2m-run-'))
await chmod(folder, 0o711)
const postgres = await startPostgres({
  dataDir: join(folder, 'data'),
  log: { info() {}, warn() {}, error() {} },
  settings: { max_connections: '300' },
})
process.env.C2M_TEST_POSTGRES = postgres.socketDir
process.env.C2M_TEST_LOGS = folder
// Each file is a process of its own, and reads the whole server: what one has compiled the others need not (measured: 1.3 s
// of CPU instead of 1.95 to import it).
process.env.NODE_COMPILE_CACHE = join(folder, 'compiled')

const counts = { passed: 0, failed: 0 }
try {
  const execArgv = ['--import', join(root, 'test/end-in-time.ts')]
  const stream = run({ files: chosen, concurrency: 3, timeout: 240_000, isolation: 'process', execArgv })
  stream.on('test:summary', (summary) => {
    if (summary.file !== undefined) return
    counts.passed = summary.counts.passed
    counts.failed = summary.counts.tests - summary.counts.passed
  })
  stream.compose(new spec()).pipe(process.stdout)
  await new Promise((resolve) => stream.once('end', resolve))

  const logs = (await readdir(folder)).filter((name) => name.endsWith('.log'))
  const leaks = (
    await Promise.all(logs.map(async (name) => personalDataIn(await readFile(join(folder, name), 'utf8'))))
  ).flat()
  if (leaks.length > 0) {
    counts.failed += 1
    process.stdout.write(`\n✖ nothing of a person stands in what ${logs.length} tested servers logged or measured\n`)
    for (const leak of leaks.slice(0, 20)) process.stdout.write(`    ${leak}\n`)
  } else if (logs.length > 0) {
    counts.passed += 1
    process.stdout.write(`\n✔ nothing of a person stands in what ${logs.length} tested servers logged or measured\n`)
  }
} finally {
  await postgres.stop()
  await rm(folder, { recursive: true, force: true })
}
process.stdout.write(`\n${counts.passed} passed, ${counts.failed} failed\n`)
process.exit(counts.failed === 0 && counts.passed > 0 ? 0 : 1)
