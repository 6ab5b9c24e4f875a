import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { chmod, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { childEnvironment } from '../../test/child-environment.ts'
import { startDemoServer } from './demo-server.ts'

/** The command line with nothing said about a server: it must find everything in the data folder. */
function c2m(
  args: readonly string[],
  env: Record<string, string>,
): Promise<{ code: number | null; out: string; err: string }> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [join(import.meta.dirname, 'c2m.ts'), ...args], {
      env: { ...childEnvironment, ...env },
    })
    let [out, err] = ['', '']
    child.stdout.on('data', (text: Buffer) => {
      out += text
    })
    child.stderr.on('data', (text: Buffer) => {
      err += text
    })
    child.on('close', (code) => resolve({ code, out, err }))
  })
}

async function inFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'c2m-demo-test-'))
  // As root the database runs as another user; who may not pass here gets a folder elsewhere, which would stay behind.
  await chmod(folder, 0o711)
  try {
    await work(folder)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

test('the demo: every step holds, and nothing is left behind', () =>
  inFolder(async (folder) => {
    const ended = await c2m(['demo', '--json'], { TMPDIR: folder })
    assert.equal(ended.code, 0, ended.out + ended.err)
    const { ok, steps } = JSON.parse(ended.out)
    assert.equal(ok, true)
    assert.equal(steps.length, 12)
    assert.ok(steps.every((step: { held: boolean }) => step.held))
    assert.deepEqual(
      (await readdir(folder)).filter((name) => name.startsWith('c2m-demo-')),
      [],
    )
  }))

for (const [channel, invite] of [
  ['wa', /WhatsApp message is on the phone.*go on in WhatsApp/s],
  ['inapp', /push is on the phone.*go on here/s],
] as const) {
  test(`the demo on ${channel}: every step holds there, too`, () =>
    inFolder(async (folder) => {
      const ended = await c2m(['demo', '--channel', channel, '--json'], { TMPDIR: folder })
      assert.equal(ended.code, 0, ended.out + ended.err)
      assert.equal(JSON.parse(ended.out).steps.length, 12)
      assert.match(ended.out, invite)
    }))
}

test('the demo on an unknown channel is refused before anything starts', () =>
  inFolder(async (folder) => {
    const ended = await c2m(['demo', '--channel', 'twilio'], { TMPDIR: folder })
    assert.deepEqual([ended.code, ended.out, ended.err], [2, '', '--channel must be sms, wa or inapp, not "twilio".\n'])
    assert.deepEqual(await readdir(folder), [])
  }))

test('the demo, ended in the middle: it says so, and nothing is left behind either', () =>
  inFolder(async (folder) => {
    const child = spawn(process.execPath, [join(import.meta.dirname, 'c2m.ts'), 'demo'], {
      env: { ...childEnvironment, TMPDIR: folder },
    })
    let out = ''
    child.stdout.on('data', (text: Buffer) => {
      if (out === '') setTimeout(() => child.kill('SIGTERM'), 500)
      out += text
    })
    const code = await new Promise((resolve) => child.on('close', resolve))
    assert.equal(code, 1, out)
    assert.match(out, /✗ .*\n +ended by SIGTERM/)
    assert.deepEqual(
      (await readdir(folder)).filter((name) => name.startsWith('c2m-demo-')),
      [],
    )
  }))

test('beside a running server: everything is found in its data folder', async () => {
  const server = await startDemoServer(process.env)
  try {
    const env = { DATA_DIR: server.dataDir }
    const made = await c2m(['onboard', '--account', '4711', '--name', 'Beside', '--json'], env)
    assert.equal(made.code, 0, made.err)
    assert.equal(JSON.parse(made.out).baseUrl, server.url)
    const listed = await c2m(['account', 'list'], env)
    assert.match(listed.out, /12345678 +Sandbox brand +va +yes.*4711 +Beside/s)
    const doctor = await c2m(['doctor'], env)
    assert.deepEqual([doctor.code, doctor.out], [0, 'All promises hold on the stored data.\n'], doctor.err)
    const migrated = await c2m(['migrate'], env)
    assert.deepEqual([migrated.code, migrated.out], [0, 'The schema is up to date.\n'], migrated.err)
  } finally {
    await server.stop()
  }
})

test('without a server: migrate begins the database, doctor looks into it', () =>
  inFolder(async (folder) => {
    const env = { DATA_DIR: join(folder, 'data') }
    const first = await c2m(['migrate', '--json'], env)
    assert.equal(first.code, 0, first.err)
    assert.ok(JSON.parse(first.out).applied.includes('0001_accounts.sql'))
    const second = await c2m(['migrate', '--json'], env)
    assert.deepEqual(JSON.parse(second.out), { applied: [] })
    const doctor = await c2m(['doctor', '--json'], env)
    assert.deepEqual([doctor.code, JSON.parse(doctor.out)], [0, { ok: true, findings: [] }])
  }))
