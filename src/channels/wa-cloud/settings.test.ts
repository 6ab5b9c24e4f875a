import assert from 'node:assert/strict'
import { test } from 'node:test'
import { simulatedBusiness, simulatedWaSender } from '../../../test/simulators/meta/index.ts'
import { checkSender, settings, settingsOf } from './settings.ts'

const good = simulatedWaSender('https://graph.facebook.com')
const check = (changes: Record<string, unknown>, address = good.address) =>
  checkSender({ address, settings: { ...good.settings, ...changes } })

test('good settings, with and without what has a default', () => {
  assert.deepEqual(check({}), [])
  assert.deepEqual(check({ apiVersion: 'v31.0', graphBaseUrl: '' }), [])
  assert.deepEqual(check({ graphBaseUrl: 'http://127.0.0.1:4010/' }), [])
  const { apiVersion, graphBaseUrl } = settingsOf({ settings: { apiVersion: ' ' } })
  assert.deepEqual([apiVersion, graphBaseUrl], ['v25.0', 'https://graph.facebook.com'])
})

test('each mistake is one sentence that names it', () => {
  const rows: readonly (readonly [Record<string, unknown>, RegExp, string?])[] = [
    [{ phoneNumberId: '+15550783881' }, /phone number ID/],
    [{ wabaId: 'waba' }, /WhatsApp Business Account ID/],
    [{ accessToken: '' }, /access token is missing/],
    [{ accessToken: 'two words' }, /access token must not contain spaces/],
    [{ appSecret: ' ' }, /app secret is missing/],
    [{ verifyToken: '' }, /verify token is missing/],
    [{ verifyToken: 's3cret' }, /at least 8 characters/],
    [{ apiVersion: '25' }, /version must look like/],
    [{ apiVersion: 'v25.0/../me' }, /version must look like/],
    [{ graphBaseUrl: 'http://graph.facebook.com' }, /must begin with https/],
    [{ graphBaseUrl: 'https://user:s3cret@graph.facebook.com' }, /plain address/],
    [{ graphBaseUrl: 'graph' }, /is no web address/],
    [{ graphBaseUrl: 'https://graph.example.com/?to=' }, /question mark/],
    [{}, /address must be the number/, '15550783881'],
    [{}, /address must be the number/, simulatedBusiness.numbers[0].phoneNumberId],
  ]
  for (const [changes, expected, address] of rows) {
    const problems = check(changes, address)
    assert.equal(problems.length, 1, `${JSON.stringify(changes)} ${problems.join(' ')}`)
    assert.match(problems[0]!, expected)
    assert.ok(!problems[0]!.includes('s3cret'))
  }
})

test('exactly the credentials are marked as secret', () => {
  const secrets = Object.entries(settings.properties).filter(([, field]) => (field as { secret?: boolean }).secret)
  assert.deepEqual(
    secrets.map(([name]) => name),
    ['accessToken', 'appSecret', 'verifyToken'],
  )
})
