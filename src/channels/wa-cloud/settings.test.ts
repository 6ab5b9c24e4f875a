import assert from 'node:assert/strict'
import { test } from 'node:test'
import { assertMistakesTold, secretNames } from '../../../test/sender-settings.ts'
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

test('each mistake is one sentence that names it', () =>
  assertMistakesTold(check, [
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
  ]))

test('exactly the credentials are marked as secret', () =>
  assert.deepEqual(secretNames(settings), ['accessToken', 'appSecret', 'verifyToken']))
