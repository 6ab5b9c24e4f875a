import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { type TestBrand, testBrand } from '../../../test/test-brand.ts'
import { type TestServer, testServer } from '../../../test/test-server.ts'
import { type TestUser, testUser } from '../../../test/test-user.ts'

let server: TestServer
let brand: TestBrand
let boss: TestUser
let campaigner: TestUser

before(async () => {
  server = await testServer()
  brand = await testBrand(server)
  boss = await testUser(server, brand.accountId, 'administrator')
  campaigner = await testUser(server, brand.accountId, 'campaign-manager')
})
after(() => server.close())

const call = (method: string, path: string, body?: unknown, user = boss) =>
  user.ask(method, `/api/admin/accounts/${brand.accountId}/handoffs${path}`, body)
const sms = (text: string) => ({ channel: 'sms', sender: brand.smsSender.senderId, text })
interface Version {
  version: number
  actor: string
  actorName: string | null
  handoff: { title: string; lookbackMinutes: number; enabled: boolean; channels: { text?: string }[] }
}
const versions = async (handoffId: string) => (await call('GET', `/${handoffId}/versions`)).body.versions as Version[]

test('each change is a version with who made it, and an older one comes back', async () => {
  const made = await call('POST', '', { title: 'Orders', channels: [sms('First.')] })
  const { handoffId } = made.body
  await call('PATCH', `/${handoffId}`, { title: 'Orders now', channels: [sms('Second.')] }, campaigner)
  // The same again is no version.
  await call('PATCH', `/${handoffId}`, { title: 'Orders now' })
  await call('PATCH', `/${handoffId}`, { enabled: false })
  const seen = await versions(handoffId)
  assert.deepEqual(
    seen.map(({ version, actor, handoff }) => [version, actor, handoff.title, handoff.enabled]),
    [
      [3, `user:${boss.userId}`, 'Orders now', false],
      [2, `user:${campaigner.userId}`, 'Orders now', true],
      [1, `user:${boss.userId}`, 'Orders', true],
    ],
  )
  assert.equal(seen[1]!.actorName, 'Test campaign-manager')

  const restored = await call('POST', `/${handoffId}/restore`, { version: 1 }, campaigner)
  assert.equal(restored.status, 200, JSON.stringify(restored.body))
  assert.equal(restored.body.title, 'Orders')
  assert.equal(restored.body.channels[0].text, 'First.')
  assert.equal(restored.body.enabled, false)
  const config = (await server.deps.accounts.get(brand.accountId))!
  assert.equal(config.handoffs.get(handoffId)!.title, 'Orders')
  const [newest] = await versions(handoffId)
  assert.equal(newest!.version, 4)
  assert.equal(newest!.actor, `user:${campaigner.userId}`)
  for (const version of [99, 5]) assert.equal((await call('POST', `/${handoffId}/restore`, { version })).status, 404)
})

test('a handoff from before there were versions keeps what it was', async () => {
  await call('PATCH', `/${brand.handoffId}`, { lookbackMinutes: 60 })
  const seen = await versions(brand.handoffId)
  assert.deepEqual(
    seen.map(({ version, actor, handoff }) => [version, actor, handoff.lookbackMinutes]),
    [
      [2, `user:${boss.userId}`, 60],
      [1, 'system', 43_200],
    ],
  )
})

test('a version that rests on what is gone is refused by a sentence', async () => {
  const made = await call('POST', '', { title: 'Skilled', channels: [sms('Hi.')], skills: ['sales'] })
  const { handoffId } = made.body
  await call('PATCH', `/${handoffId}`, { skills: ['support'] })
  await boss.ask('PATCH', `/api/admin/accounts/${brand.accountId}/skills/${brand.skills.sales}`, { name: 'shop' })
  const renamed = await call('POST', `/${handoffId}/restore`, { version: 1 })
  assert.equal(renamed.status, 400)
  assert.match(renamed.body.details.join(' '), /no skill "sales"/)
})
