import assert from 'node:assert/strict'
import { connect } from 'node:http2'
import { text } from 'node:stream/consumers'
import { after, test } from 'node:test'
import { importPKCS8, SignJWT } from 'jose'
import { apnsKeyId, apnsTeamId, startApnsSimulator } from './index.ts'

const simulator = await startApnsSimulator()
const client = connect(`https://${simulator.host}`, { ca: simulator.ca })
after(async () => {
  client.destroy()
  await simulator.close()
})

const device = 'ab'.repeat(32)
const now = Math.floor(Date.now() / 1000)

async function token(changes: { iat?: number; iss?: string; kid?: string } = {}): Promise<string> {
  const { iat = now, iss = apnsTeamId, kid = apnsKeyId } = changes
  const key = await importPKCS8(simulator.tokens.privateKey, 'ES256')
  return new SignJWT({ iss, iat }).setProtectedHeader({ alg: 'ES256', kid }).sign(key)
}

async function push(
  bearer: string,
  headers: Readonly<Record<string, string>> = {},
  body = '{"aps":{}}',
): Promise<string> {
  const stream = client.request({
    ':method': 'POST',
    ':path': `/3/device/${device}`,
    authorization: `bearer ${bearer}`,
    'apns-topic': 'com.example.shop',
    'apns-push-type': 'alert',
    'apns-id': 'b6f1c1de-0e43-4c9a-9a0f-1f1f8a4f0001',
    ...headers,
  })
  stream.end(body)
  const answer = await text(stream)
  return answer === '' ? 'taken' : (JSON.parse(answer) as { reason: string }).reason
}

test('provider tokens: signature, team, key, age, and no renewal within 20 minutes', async () => {
  const first = await token({ iat: now - 30 * 60 })
  assert.equal(await push(first), 'taken')
  assert.equal(await push(await token({ iss: 'OTHER12345' })), 'InvalidProviderToken')
  assert.equal(await push(await token({ kid: 'OTHER12345' })), 'InvalidProviderToken')
  assert.equal(await push(await token({ iat: now + 600 })), 'InvalidProviderToken')
  assert.equal(await push(`${first.slice(0, -8)}AAAAAAAA`), 'InvalidProviderToken')
  assert.equal(await push(await token({ iat: now - 3601 })), 'ExpiredProviderToken')
  assert.equal(await push(await token({ iat: now - 11 * 60 })), 'TooManyProviderTokenUpdates')
  assert.equal(await push(await token({ iat: now - 9 * 60 })), 'taken')
  simulator.shiftClock(55 * 60_000)
  assert.equal(await push(first), 'ExpiredProviderToken')
  simulator.reset()
})

test('requests that Apple refuses are refused', async () => {
  const bearer = simulator.tokens.seen.at(-1)!
  const rows = [
    [{ ':path': '/3/devices/x' }, 'BadPath'],
    [{ ':path': '/3/device/xyz' }, 'BadDeviceToken'],
    [{ ':path': '/3/device/' }, 'MissingDeviceToken'],
    [{ ':method': 'PUT' }, 'MethodNotAllowed'],
    [{ 'apns-topic': 'com.example.other' }, 'TopicDisallowed'],
    [{ 'apns-push-type': 'shout' }, 'InvalidPushType'],
    [{ 'apns-priority': '7' }, 'BadPriority'],
    [{ 'apns-expiration': 'soon' }, 'BadExpirationDate'],
    [{ 'apns-collapse-id': 'x'.repeat(65) }, 'BadCollapseId'],
    [{ 'apns-id': 'x' }, 'BadMessageId'],
  ] as const
  for (const [headers, reason] of rows) assert.equal(await push(bearer, headers), reason)
  assert.equal(await push(bearer, {}, ''), 'PayloadEmpty')
  assert.equal(await push(bearer, {}, 'x'.repeat(4097)), 'PayloadTooLarge')
  assert.equal(simulator.accepted.length, 0)
})
