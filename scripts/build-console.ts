import { createHash } from 'node:crypto'
import { readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'

const root = join(import.meta.dirname, '..')
const folder = join(root, 'console')
const dist = join(folder, 'dist')
/** What the build was made of: a hash of its sources, so that a checkout of another commit builds anew, and the same one does not. */
const note = 'built-from'

/**
 * Builds `console/dist` when it is missing or made of other sources: `prepare` (npm ci), `prestart` (npm start) and the
 * tests call it. Without the development packages what is there is used; the server runs without a console as well.
 * Built aside and then put in place, so that a running server always finds a whole one.
 * @returns a sentence about what was done, null when nothing had to be
 * @throws whatever the build failed with
 */
export async function buildConsole(): Promise<string | null> {
  const from = await hashOfSources()
  const before = await readFile(join(dist, note), 'utf8').catch(() => null)
  if (before === from) return null
  const vite = await import('vite').catch(() => null)
  if (vite === null) {
    return before === null
      ? 'The console was not built: the development packages are not installed (npm ci installs them). Everything else works.'
      : 'The console is of other sources than this checkout: the development packages to build it anew are not installed (npm ci installs them).'
  }
  const next = join(folder, `dist-${process.pid}`)
  const old = join(folder, `dist-${process.pid}-old`)
  try {
    const started = performance.now()
    await vite.build({ root: folder, logLevel: 'warn', build: { outDir: next } })
    await compress(next)
    await writeFile(join(next, note), from)
    await rename(dist, old).catch(() => {})
    // Another process may have built the same at the same time and been faster: its build is as good.
    await rename(next, dist).catch(async (error) => {
      if ((await readFile(join(dist, note), 'utf8').catch(() => null)) !== from) throw error
    })
    return `The console was built in ${((performance.now() - started) / 1000).toFixed(1)} s.`
  } finally {
    await Promise.all([next, old].map((path) => rm(path, { recursive: true, force: true })))
  }
}

/** Sources, how they are built, and the versions of what they are built with. */
async function hashOfSources(): Promise<string> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const files = entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => !/^dist/.test(relative(folder, path)) && !/(api-types|\.test)\.tsx?$/.test(path))
  const hash = createHash('sha256')
  for (const path of [...files, import.meta.filename, join(root, 'package-lock.json')].sort()) {
    const text = await readFile(path)
    hash.update(`${relative(root, path)}\n${text.length}\n`).update(text)
  }
  return hash.digest('hex')
}

/** Each file that shrinks gets its brotli and gzip forms beside it, once, as small as they can be. */
async function compress(built: string): Promise<void> {
  const assets = join(built, 'assets')
  for (const name of await readdir(assets)) {
    if (!/\.(js|css|svg)$/.test(name)) continue
    const bytes = await readFile(join(assets, name))
    if (bytes.length < 1024) continue
    const [br, gz] = await Promise.all([
      promisify(brotliCompress)(bytes, { params: { [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length } }),
      promisify(gzip)(bytes, { level: 9 }),
    ])
    await Promise.all([writeFile(join(assets, `${name}.br`), br), writeFile(join(assets, `${name}.gz`), gz)])
  }
}

if (import.meta.main) {
  const sentence = await buildConsole()
  if (sentence !== null) process.stdout.write(`${sentence}\n`)
}
