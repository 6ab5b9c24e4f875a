import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { after, before, test } from 'node:test'
import { childEnvironment } from '../../test/child-environment.ts'
import { type TestBrand, testBrand } from '../../test/test-brand.ts'
import { testCall } from '../../test/test-call.ts'
import { type TestServer, testServer } from '../../test/test-server.ts'
import { runExports } from '../actions/run-exports.ts'
import { keepTime } from '../jobs/schedule.ts'

const operatorToken = 'an-operator-token-of-the-tests-long-enough'
let server: TestServer
let brand: TestBrand
let folder: string
let stopMaking: () => Promise<void>
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'c2m-cli-export-'))
  server = await testServer({ env: { OPERATOR_TOKEN: operatorToken, EXPORT_FOLDER: join(folder, 'deliveries') } })
  brand = await testBrand(server)
  stopMaking = keepTime(server.deps, {
    name: 'exports',
    everySeconds: 1,
    run: (stopping) => runExports(server.deps, stopping),
  })
})
after(async () => {
  await stopMaking()
  await server.close()
  await rm(folder, { recursive: true, force: true })
})

/** The command line as a person starts it. */
async function c2m(...args: readonly string[]): Promise<{ code: number; out: string; err: string }> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'c2m.ts'), ...args, '--account', brand.accountId], {
    env: { ...childEnvironment, C2M_URL: server.url, OPERATOR_TOKEN: operatorToken, NODE_NO_WARNINGS: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const ended = new Promise<number>((resolve) => child.once('close', (code) => resolve(code ?? -1)))
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)])
  return { code: await ended, out, err }
}

test('export run asks, waits and fetches; the list shows it', async () => {
  const { phone, callId } = await testCall(server, brand)
  const out = join(folder, 'calls.csv')
  const made = await c2m('export', 'run', '--format', 'csv', '--channel', 'sms', '--out', out)
  assert.equal(made.code, 0, made.err)
  assert.match(made.out, /^1 rows, \d+ bytes: /)
  const file = await readFile(out, 'utf8')
  assert.ok(file.includes(callId) && file.includes(`••••${phone.slice(-4)}`) && !file.includes(phone))
  assert.equal((await stat(out)).mode & 0o777, 0o600)
  const list = await c2m('export', 'list')
  assert.match(list.out, /transactions +csv +done +100 % +1 /)
})

test('a schedule is added and run by hand', async () => {
  const added = await c2m(
    'export-schedule',
    'add',
    'Nightly',
    '--kind',
    'opt-outs',
    '--folder',
    'bi',
    '--time-zone',
    'Europe/Paris',
  )
  assert.equal(added.code, 0, added.err)
  const run = await c2m('export-schedule', 'run', 'Nightly')
  assert.equal(run.code, 0, run.err)
  const place = join(folder, 'deliveries', brand.accountId, 'bi')
  // While it is copied it has another name.
  const delivered = async () => (await readdir(place).catch(() => [])).filter((name) => name.endsWith('.csv'))
  for (let tries = 0; tries < 200 && (await delivered()).length === 0; tries += 1)
    await new Promise((resolve) => setTimeout(resolve, 50))
  assert.match((await delivered()).join(), /^opt-outs_\d{4}-\d\d-\d\d_[0-9a-f]{8}\.csv$/)
})
