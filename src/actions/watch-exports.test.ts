import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { type TestBrand, testBrand } from '../../test/test-brand.ts'
import { freePort, type TestServer, testServer } from '../../test/test-server.ts'
import { type TestUser, testUser } from '../../test/test-user.ts'
import { mostTries } from '../domain/export.ts'
import { runExports } from './run-exports.ts'
import { watchExports } from './watch-exports.ts'

let server: TestServer
let brand: TestBrand
let boss: TestUser
let folder: string
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'c2m-export-folder-'))
  server = await testServer({ env: { EXPORT_FOLDER: folder } })
  brand = await testBrand(server)
  boss = await testUser(server, brand.accountId, 'administrator')
})
after(async () => {
  await server.close()
  await rm(folder, { recursive: true, force: true })
})

const done = async (method: string, path: string, body?: object) => {
  const answer = await boss.ask(method, path, body)
  assert.ok(answer.status < 300, JSON.stringify(answer.body))
  return answer.body
}
/** What the brand's health and the operator's metrics say of schedules. */
async function said(accountId = brand.accountId, who = boss) {
  const { body } = await who.ask('GET', `/api/admin/accounts/${accountId}/health`)
  await watchExports(server.deps)
  const metric = await server.deps.metrics.registry.getSingleMetricAsString('c2m_export_schedules_failing')
  return {
    sentences: (body.sentences as { about: string; level: string; id: string; sentence: string }[])
      .filter(({ about }) => about === 'export-schedule')
      .map(({ level, id, sentence }) => [level, id, sentence]),
    failing: Number(/ (\d+)$/m.exec(metric)![1]),
  }
}

test('a schedule whose file does not come is seen, by the brand and by the operator, until one comes', async () => {
  const bucket = {
    to: 'bucket',
    region: 'us-east-1',
    bucket: 'exports',
    prefix: '',
    accessKeyId: 'key',
    addressing: 'path',
  }
  const { scheduleId } = await done('POST', '/api/export-schedules', {
    ...{ title: 'Nightly', kind: 'opt-outs', format: 'csv', timeZone: 'UTC', hour: 3, secretAccessKey: 'secret' },
    destination: { ...bucket, endpoint: `http://127.0.0.1:${await freePort()}` },
  })
  const path = `/api/export-schedules/${scheduleId}`
  const make = async () => {
    await done('POST', `${path}/run`)
    await runExports(server.deps, new AbortController().signal)
  }
  assert.deepEqual(await said(), { sentences: [], failing: 0 })
  await make()
  const waiting = await said()
  assert.equal(waiting.failing, 1)
  const [[level, id, sentence]] = waiting.sentences as [string[]]
  assert.deepEqual([level, id], ['warning', scheduleId])
  assert.match(sentence!, /^The scheduled export “Nightly” has not arrived and is tried again\. \S.*\.$/)

  await server.deps.db`update exports set tries = ${mostTries - 1}, next_try_at = now()`
  await runExports(server.deps, new AbortController().signal)
  const over = await said()
  assert.match(over.sentences[0]![2]!, /^The scheduled export “Nightly” did not arrive\. \S.*\.$/)
  assert.deepEqual([over.failing, over.sentences[0]![0]], [1, 'error'])
  const stranger = await testBrand(server)
  const theirs = await testUser(server, stranger.accountId, 'administrator')
  assert.deepEqual((await said(stranger.accountId, theirs)).sentences, [])

  await done('PATCH', path, { enabled: false })
  assert.deepEqual(await said(), { sentences: [], failing: 0 })
  await done('PATCH', path, { enabled: true })
  assert.equal((await said()).failing, 1)
  await done('PATCH', path, { destination: { to: 'folder', folder: '' } })
  await make()
  assert.deepEqual(await said(), { sentences: [], failing: 0 })
})
