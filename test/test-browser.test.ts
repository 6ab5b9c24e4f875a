import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'node:test'
import { promisify } from 'node:util'

const browse = `
  const { testBrowser } = await import(${JSON.stringify(new URL('test-browser.ts', import.meta.url).href)})
  const browser = await testBrowser()
  const page = await browser.newPage()
  await page.setContent('<h1>It works</h1>')
  process.stdout.write(await page.textContent('h1'))
  await browser.close()`

test('two test files that unpack the browser at once both get it', { timeout: 120_000 }, async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'c2m-unpack-'))
  t.after(() => rm(folder, { recursive: true, force: true }))
  const run = () =>
    promisify(execFile)(process.execPath, ['--input-type=module', '--eval', browse], {
      env: { ...process.env, TMPDIR: folder },
    })
  const pages = await Promise.all([run(), run()])
  assert.deepEqual(
    pages.map((page) => page.stdout),
    ['It works', 'It works'],
  )
  assert.equal((await readdir(folder)).filter((name) => name.startsWith('c2m-browser-')).length, 1)
})
