import assert from 'node:assert/strict'
import { chmod, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { type TestServer, testServer } from '../test/test-server.ts'
import { ask } from '../test/test-user.ts'
import { SandboxTaken, seedSandbox } from './sandbox.ts'
import type { SandboxFile } from './sandbox-file.ts'

let server: TestServer
let dataDir: string
let path: string

before(async () => {
  server = await testServer({ env: { SANDBOX: 'on' } })
  dataDir = await mkdtemp(join(tmpdir(), 'c2m-sandbox-'))
  path = join(dataDir, 'sandbox.json')
})
after(async () => {
  await server.close()
  await rm(dataDir, { recursive: true, force: true })
})

const read = async () => JSON.parse(await readFile(path, 'utf8')) as SandboxFile
const account = async () => (await server.deps.accounts.get('12345678'))!
const signIn = async (user: { email: string; password: string }) =>
  (await ask(`${server.url}/api/session`, 'POST', { ...user, role: undefined }, { 'x-c2m-csrf': '1' })).status

test('the first start makes the brand and tells its credentials to the owner of the data folder alone', async () => {
  const note = await seedSandbox(server.deps, dataDir)
  const file = await read()
  assert.equal(note.file, path)
  assert.equal((await stat(path)).mode & 0o777, 0o600)
  assert.equal(file.accountId, '12345678')
  assert.equal(file.baseUrl, server.url)
  assert.deepEqual(file.handoffs, { sms: 'H000000000000001', wa: 'H000000000000002', inapp: 'H000000000000003' })
  assert.deepEqual(
    file.users.map((user) => [user.email, user.role]),
    [
      ['admin@sandbox.example', 'administrator'],
      ['manager@sandbox.example', 'agent-manager'],
      ['agent@sandbox.example', 'agent'],
    ],
  )

  const config = await account()
  assert.equal(config.apiKeys.get(file.apiKey.appKey)!.secret, file.apiKey.secret)
  assert.equal(config.settings!.consumerCap, null)
  assert.deepEqual(
    [...config.skillsByName.values()].map((skill) => [skill.name, skill.engaged]),
    [
      ['billing', true],
      ['sales', true],
      ['support', true],
    ],
  )
  const connectorsOf = (handoffId: string) =>
    config.handoffs.get(handoffId)!.channels.map((channel) =>
      channel.channel === 'inapp'
        ? channel.senderIds
            .map((id) => config.senders.get(id)!.connector)
            .sort()
            .join()
        : config.senders.get(channel.senderId)!.connector,
    )
  assert.deepEqual(connectorsOf(file.handoffs.sms), ['sms-simulator'])
  assert.deepEqual(connectorsOf(file.handoffs.wa), ['wa-simulator', 'sms-simulator'])
  assert.deepEqual(connectorsOf(file.handoffs.inapp), ['inapp-simulator,inapp-webpush'])
  const devices = await server.deps.db`select consumer_id from devices where account_id = '12345678'`
  assert.deepEqual(
    devices.map((row) => row.consumer_id),
    ['sandbox-consumer'],
  )
  assert.equal(await signIn(file.users[2]!), 204)
})

test('a later start keeps everything and only tells the new address', async () => {
  const before = await read()
  const version = (await account()).version
  await seedSandbox({ ...server.deps, publicUrl: 'https://c2m.example.com' }, dataDir)
  assert.deepEqual(await read(), { ...before, baseUrl: 'https://c2m.example.com' })
  assert.equal((await account()).version, version)
  const [devices] = await server.deps.db`select count(*)::int as n from devices where account_id = '12345678'`
  assert.equal(devices!.n, 1)
})

test('a lost, torn or foreign file is made anew with new secrets, and no key is added', async () => {
  for (const spoil of [
    () => rm(path),
    () => writeFile(path, '{"accountId":"12345678","apiKey"'),
    async () => writeFile(path, JSON.stringify({ ...(await read()), apiKey: { appKey: '0'.repeat(32), secret: 'x' } })),
  ]) {
    const before = await read()
    await spoil()
    await seedSandbox(server.deps, dataDir)
    const file = await read()
    const config = await account()
    assert.notEqual(file.apiKey.secret, before.apiKey.secret)
    assert.equal(file.apiKey.appKey, before.apiKey.appKey)
    assert.equal(config.apiKeys.get(file.apiKey.appKey)!.secret, file.apiKey.secret)
    assert.equal(config.apiKeys.size, 1)
    assert.equal(file.app.clientId, before.app.clientId)
    assert.notEqual(file.app.clientSecret, before.app.clientSecret)
    assert.equal(await signIn(file.users[0]!), 204)
    assert.equal(await signIn({ ...before.users[0]! }), 401)
  }
})

test('the sandbox lives in the region that the deployment serves', async () => {
  const { deps } = server
  for (const region of ['sy', deps.config.region] as const) {
    await seedSandbox({ ...deps, config: { ...deps.config, region } }, dataDir)
    assert.equal((await account()).region, region)
  }
})

test('a file that others could read is closed again', async () => {
  await chmod(path, 0o644)
  await seedSandbox(server.deps, dataDir)
  assert.equal((await stat(path)).mode & 0o777, 0o600)
})

test('a real brand with the number of the sandbox is left alone', async () => {
  const other = await testServer({ env: { SANDBOX: 'on' } })
  try {
    await other.deps.db`insert into accounts (account_id, title, region) values ('12345678', 'A real brand', 'va')`
    await assert.rejects(seedSandbox(other.deps, dataDir), SandboxTaken)
  } finally {
    await other.close()
  }
})
