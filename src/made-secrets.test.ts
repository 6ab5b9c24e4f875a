import assert from 'node:assert/strict'
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test, { type TestContext } from 'node:test'
import { ConfigProblem, readConfig } from './config.ts'
import { madeSecrets } from './made-secrets.ts'

async function emptyFolder(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'c2m-secrets-'))
  t.after(() => rm(folder, { recursive: true, force: true }))
  return folder
}
const secretsIn = (dataDir: string, mayMakeKey = true) => madeSecrets(readConfig({ DATA_DIR: dataDir }), mayMakeKey)

test('starters at the same moment agree on one key and one token, which stay', async (t) => {
  for (let round = 0; round < 10; round += 1) {
    const dataDir = await emptyFolder(t)
    const made = await Promise.all(Array.from({ length: 8 }, () => secretsIn(dataDir)))
    const [first] = made
    for (const other of made) assert.deepEqual(other, first)
    assert.deepEqual(await secretsIn(dataDir, false), first)
    assert.deepEqual((await readdir(dataDir)).sort(), ['operator.token', 'secret.key'], 'nothing half-made is left')
    for (const name of ['operator.token', 'secret.key'])
      assert.equal((await stat(join(dataDir, name))).mode & 0o777, 0o600)
  }
})

test('no key is made where none may be, nor over a file that holds something else', async (t) => {
  const dataDir = await emptyFolder(t)
  const refused = (sentence: RegExp) => (error: Error) => error instanceof ConfigProblem && sentence.test(error.message)
  await assert.rejects(secretsIn(dataDir, false), refused(/secret\.key is missing.*C2M_SECRET_KEY/))
  assert.deepEqual(await readdir(dataDir), [])
  for (const [text, sentence] of [
    ['short\n', /secret\.key does not hold a key/],
    ['', /secret\.key is empty/],
  ] as const) {
    await writeFile(join(dataDir, 'secret.key'), text)
    for (const mayMake of [true, false]) await assert.rejects(secretsIn(dataDir, mayMake), refused(sentence))
    assert.equal(await readFile(join(dataDir, 'secret.key'), 'utf8'), text)
  }
})

test('a folder that cannot be written is told in a sentence that names DATA_DIR', async (t) => {
  const file = join(await emptyFolder(t), 'file')
  await writeFile(file, '')
  for (const dataDir of [file, join(file, 'below')])
    await assert.rejects(
      secretsIn(dataDir),
      (error: Error) =>
        error instanceof ConfigProblem && /DATA_DIR/.test(error.message) && /EEXIST|ENOTDIR/.test(error.message),
    )
})
