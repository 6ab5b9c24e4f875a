import { existsSync } from 'node:fs'
import { mkdtemp, rename, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import chromium from '@sparticuz/chromium'
import { type Browser, chromium as launcher } from 'playwright-core'

/**
 * Root may not use the browser's sandbox, and a container has little shared memory. The package's own list is for another
 * place: with its single process a second context never loads.
 */
const args = ['--no-sandbox', '--disable-dev-shm-usage', '--disable-gpu']

/**
 * A real browser from npm: nothing has to be installed on the machine. Unpacked once for each user of the machine, since
 * what one user unpacks, another may not run.
 */
export async function testBrowser(): Promise<Browser> {
  const folder = join(tmpdir(), `c2m-browser-${process.getuid?.() ?? 'any'}`)
  if (!existsSync(join(folder, 'chromium'))) await unpack(folder)
  return within(folder, () => launcher.launch({ executablePath: join(folder, 'chromium'), args }))
}

/**
 * Unpacks beside `folder` and renames: test files run beside each other, and a browser that another of them still writes
 * cannot be run ("text file busy").
 */
async function unpack(folder: string): Promise<void> {
  const own = await mkdtemp(`${folder}-`)
  await within(own, () => chromium.executablePath())
  try {
    await rename(own, folder)
  } catch (error) {
    await rm(own, { recursive: true })
    if (!existsSync(join(folder, 'chromium'))) throw error
  }
}

/** Runs `work` with `folder` as the place for temporary files, which is where the package unpacks and the browser writes. */
async function within<T>(folder: string, work: () => Promise<T>): Promise<T> {
  const before = process.env.TMPDIR
  process.env.TMPDIR = folder
  try {
    return await work()
  } finally {
    if (before === undefined) delete process.env.TMPDIR
    else process.env.TMPDIR = before
  }
}
