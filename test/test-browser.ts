import { mkdir } from 'node:fs/promises'
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
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const before = process.env.TMPDIR
  process.env.TMPDIR = folder
  try {
    return await launcher.launch({ executablePath: await chromium.executablePath(), args })
  } finally {
    if (before === undefined) delete process.env.TMPDIR
    else process.env.TMPDIR = before
  }
}
