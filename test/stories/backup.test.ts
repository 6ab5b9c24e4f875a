import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { chmod, copyFile, mkdtemp, open, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { checkBackup, restoreBackup } from '../../src/backup/restore-backup.ts'
import { takeBackup } from '../../src/backup/take-backup.ts'
import { deploymentCipher } from '../../src/cli/deployment-key.ts'
import { readConfig } from '../../src/config.ts'
import { postmasterPid } from '../../src/postgres/postmaster-pid.ts'
import { doctor } from '../../src/reports/doctor.ts'
import { openDatabase } from '../../src/store/db.ts'
import { childEnvironment } from '../child-environment.ts'
import { whereInDatabase } from '../find-canary.ts'
import { callIvr } from '../ivr-client.ts'
import { type ServerProcess, serverProcess } from '../server-process.ts'
import { testPhone } from '../test-phone.ts'
import { ask } from '../test-user.ts'
import { unzip } from '../unzip.ts'

/*
 * A backup is taken while calls are written, an erasure outlives the kill of the server that began it, and the backup is
 * restored elsewhere: everything acknowledged before its end is there, and who was erased since is not.
 */
const limit = { timeout: 300_000 }
const root = join(import.meta.dirname, '../..')

interface Told {
  readonly code: number
  // biome-ignore lint/suspicious/noExplicitAny: what each command says
  readonly json: any
}

/** `c2m … --json` on a DATA_DIR. */
const c2m = (dataDir: string, ...words: string[]): Promise<Told> => tell('', dataDir, ...words)

/** The same with something on its standard input. */
function tell(said: string, dataDir: string, ...words: string[]): Promise<Told> {
  const env = { ...childEnvironment, HOME: process.env.HOME ?? '', DATA_DIR: dataDir, NODE_NO_WARNINGS: '1' }
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      [join(root, 'src/cli/c2m.ts'), ...words, '--json'],
      { cwd: root, env },
      (error, stdout) => resolve({ code: error === null ? 0 : Number(error.code), json: JSON.parse(stdout || 'null') }),
    )
    child.stdin!.end(said)
  })
}

async function folder(name: string): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), `c2m-${name}-`))
  // As root, PostgreSQL runs as another user, who must be able to pass through.
  await chmod(path, 0o711)
  return path
}

const databaseOf = (dataDir: string) => {
  const running = postmasterPid(join(dataDir, 'postgres'))
  assert.equal(running.state, 'live')
  const { socketFolder } = running as Extract<typeof running, { state: 'live' }>
  return openDatabase({ socketDir: socketFolder }, { max: 1, name: 'test' })
}

/** Flips one bit in the middle of a file; the same again mends it. */
async function flip(path: string): Promise<void> {
  const file = await open(path, 'r+')
  const { size } = await file.stat()
  const byte = Buffer.alloc(1)
  await file.read(byte, 0, 1, size >> 1)
  byte[0] = byte[0]! ^ 1
  await file.write(byte, 0, 1, size >> 1)
  await file.close()
}

test('what was acknowledged before the end of a backup is restored, who was erased since is not', limit, async (t) => {
  const [oldDir, newDir, backups] = [await folder('old'), await folder('new'), await folder('backups')]
  const backup = join(backups, 'one')
  const servers: ServerProcess[] = []
  const start = async (dataDir: string) => {
    const server = await serverProcess({ dataDir })
    servers.push(server)
    await server.ready(90_000)
    return server
  }
  t.after(async () => {
    for (const server of servers) await server.close()
    for (const path of [oldDir, newDir, backups]) await rm(path, { recursive: true, force: true })
  })

  const restore = async (dataDir: string, replace = false) => {
    const config = readConfig({ DATA_DIR: dataDir })
    const { fingerprint: keyFingerprint } = await deploymentCipher(config)
    return restoreBackup({ from: backup, dataDir, runAs: config.postgresRunAs, keyFingerprint, replace })
  }

  const first = await start(oldDir)
  const { accountId, apiKey, handoffs, users } = await first.sandbox()
  const brand = { accountId, apiKey, handoffId: handoffs.sms }
  const call = (server: ServerProcess, phone: string) =>
    callIvr(server, brand, 'eligibility', {
      body: { consumerPhoneNumber: phone, handoffId: handoffs.sms, skill: 'support' },
    })
  /** A consumer with a conversation. */
  const consumer = async (text: string) => {
    const phone = testPhone()
    const { body } = await call(first, phone)
    assert.equal((await callIvr(first, brand, 'invite', { body: { callId: body.callId } })).status, 200)
    const said = await ask(`${first.url}/simulator/phones/${phone.slice(1)}/messages`, 'POST', { channel: 'sms', text })
    assert.ok(said.status < 300, JSON.stringify(said.body))
    return phone
  }
  const kept = await consumer('qzx9keeps')
  const gone = await consumer('qzx9goes')

  // The ledger: calls with the time at which each was acknowledged.
  const acknowledged: { callId: string; at: number }[] = []
  const writing = { on: true }
  const writer = (async () => {
    while (writing.on) {
      const answer = await call(first, testPhone())
      if (answer.status === 200) acknowledged.push({ callId: answer.body.callId as string, at: Date.now() })
      await pause(40)
    }
  })()
  while (acknowledged.length < 5) await pause(10)
  const taken = await c2m(oldDir, 'backup', '--to', backup)
  writing.on = false
  await writer
  assert.equal(taken.code, 0, JSON.stringify(taken.json))
  const ledger = acknowledged.filter(({ at }) => at < Date.parse(taken.json.upTo))
  assert.ok(ledger.length > 5, 'calls went on while it was taken')
  await assert.rejects(takeBackup({ target: {}, dataFolder: '', to: backup, keyFingerprint: '' }), /is not empty/)
  assert.ok(!(await readdir(backup, { recursive: true })).some((name) => name.includes('secret.key')))

  // The erasure is asked for, and the server dies with it.
  const boss = users.find(({ role }) => role === 'administrator')!
  const origin = { origin: first.url }
  const session = await ask(`${first.url}/api/session`, 'POST', { email: boss.email, password: boss.password }, origin)
  const cookie = /c2m-session=[^;]+/.exec(session.headers.get('set-cookie') ?? '')![0]
  const erasures = `/api/admin/accounts/${accountId}/erasures`
  const asked = await ask(first.url + erasures, 'POST', { phone: gone }, { ...origin, cookie })
  assert.equal(asked.status, 202, JSON.stringify(asked.body))
  process.kill(await first.pid(), 'SIGKILL')
  await first.ended
  await assert.rejects(restore(oldDir, true), /PostgreSQL still runs/)
  const second = await start(oldDir)
  for (let state = ''; state !== 'done'; await pause(200)) {
    const answer = await ask(`${second.url}${erasures}/${asked.body.erasureId}`, 'GET', undefined, { cookie })
    state = answer.body.state
  }
  assert.match(await readFile(join(oldDir, 'erasures.log'), 'utf8'), new RegExp(asked.body.erasureId))
  await assert.rejects(restore(oldDir, true), /in use by another server/)

  // Elsewhere, with the key and the list of erasures, which are kept apart from the backup.
  await assert.rejects(restore(newDir), /secret key is missing/)
  await copyFile(join(oldDir, 'secret.key'), join(newDir, 'secret.key'))
  const control = join(backup, 'postgres/global/pg_control')
  await flip(control)
  await assert.rejects(checkBackup(backup), /pg_control .*changed or damaged/)
  await assert.rejects(restore(newDir), /pg_control .*changed or damaged/)
  assert.deepEqual(await readdir(newDir), ['secret.key'])
  await flip(control)
  await checkBackup(backup)
  const restored = await c2m(newDir, 'restore', '--from', backup, '--erasures', join(oldDir, 'erasures.log'))
  assert.equal(restored.code, 0, JSON.stringify(restored.json))
  assert.equal(restored.json.erased, 1)
  await assert.rejects(restore(newDir), /is a database .* already/)
  // Else the sandbox gets new keys, and nothing would show that the old ones can be read.
  await copyFile(join(oldDir, 'sandbox.json'), join(newDir, 'sandbox.json'))

  const third = await start(newDir)
  const db = databaseOf(newDir)
  const known = await db<{ call_id: string }[]>`select call_id from calls`
  const ids = new Set(known.map(({ call_id }) => call_id))
  assert.deepEqual(
    ledger.filter(({ callId }) => !ids.has(callId)),
    [],
  )
  assert.deepEqual(await whereInDatabase(db, [gone.slice(1), 'qzx9goes']), [])
  assert.ok((await whereInDatabase(db, [kept.slice(1)])).includes('conversations.address'))

  // The same by the command line, the number from standard input, beside the server.
  const person = ['--account', accountId]
  const archive = join(backups, 'person.zip')
  assert.equal((await tell(`${kept}\n`, newDir, 'person', 'export', ...person, '--out', archive)).code, 0)
  assert.ok(
    unzip(await readFile(archive))
      .get('person.json')!
      .includes('qzx9keeps'),
  )
  const erased = await tell(`${kept}\n`, newDir, 'person', 'erase', ...person, '--yes')
  assert.equal(erased.json.state, 'done', JSON.stringify(erased.json))
  assert.deepEqual(await whereInDatabase(db, [kept.slice(1), 'qzx9keeps']), [])
  assert.deepEqual(
    (await doctor(db)).filter(({ grave }) => grave),
    [],
  )
  await db.end()
  assert.equal((await call(third, testPhone())).status, 200, 'sealed keys can be read')

  // In the place of a database that is there, which is moved aside.
  third.signal('SIGTERM')
  await third.ended
  const { aside } = await restore(newDir, true)
  assert.ok((await readdir(aside!)).includes('PG_VERSION'))
  assert.ok((await readdir(join(newDir, 'postgres'))).includes('backup_label'))
})
