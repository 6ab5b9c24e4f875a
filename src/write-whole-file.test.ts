import assert from 'node:assert/strict'
import { readFileSync, statSync } from 'node:fs'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { writeWholeFile } from './write-whole-file.ts'

test('a reader sees a whole file at every moment, and nobody else sees it at all', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'c2m-whole-'))
  try {
    const path = join(folder, 'note.json')
    const texts = ['a'.repeat(200_000), 'b'.repeat(300_000)]
    await writeWholeFile(path, texts[0]!)
    for (let round = 0; round < 20; round += 1) {
      let writing = true
      const written = writeWholeFile(path, texts[round % 2]!).finally(() => {
        writing = false
      })
      while (writing) {
        assert.ok(texts.includes(readFileSync(path, 'utf8')))
        await new Promise((resolve) => setImmediate(resolve))
      }
      await written
    }
    assert.equal(statSync(path).mode & 0o777, 0o600)
    assert.deepEqual(await readdir(folder), ['note.json'])
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
})
