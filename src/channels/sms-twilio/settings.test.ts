import assert from 'node:assert/strict'
import { test } from 'node:test'
import { assertMistakesTold, secretNames } from '../../../test/sender-settings.ts'
import { simulatedAccount, simulatedSender } from '../../../test/simulators/twilio/index.ts'
import { checkSender, settings } from './settings.ts'

const check = (more: Record<string, unknown>, address: string = simulatedAccount.numbers[0]) =>
  checkSender({ address, settings: simulatedSender('https://api.twilio.com', more).settings })
const service = simulatedAccount.messagingServices[0].sid

test('good settings have no problem', () => {
  assert.deepEqual(check({}), [])
  assert.deepEqual(check({ apiBaseUrl: 'http://127.0.0.1:9000', lookupsBaseUrl: undefined }), [])
  assert.deepEqual(check({ apiKeySid: simulatedAccount.apiKeys[0].sid, apiKeySecret: 's3cret' }), [])
  assert.deepEqual(check({ messagingServiceSid: service }), [])
  assert.deepEqual(check({ messagingServiceSid: service }, service), [])
  assert.deepEqual(check({}, '72345'), [])
  assert.deepEqual(check({ apiKeySid: '', messagingServiceSid: '' }), [])
})

test('each mistake is one sentence that names it', () =>
  assertMistakesTold(check, [
    [{ accountSid: 'AC123' }, /Account SID/],
    [{ accountSid: simulatedAccount.apiKeys[0].sid }, /Account SID/],
    [{ authToken: '' }, /Auth Token is missing/],
    [{ authToken: 'two words' }, /must not contain spaces/],
    [{ apiKeySid: 'SK1', apiKeySecret: 's3cret' }, /API key SID/],
    [{ apiKeySid: simulatedAccount.apiKeys[0].sid }, /API key has no secret/],
    [{ apiKeySecret: 's3cret' }, /no API key SID/],
    [{ messagingServiceSid: 'MG1' }, /Messaging Service SID/],
    [{}, /address must be a phone number/, 'ACME'],
    [{}, /address must be a phone number/, '+0123456789'],
    [{}, /address must be a phone number/, service],
    [{ apiBaseUrl: 'http://api.twilio.com' }, /API address must begin with https/],
    [{ apiBaseUrl: 'https://user:pass@api.twilio.com' }, /API address must be a plain address/],
    [{ lookupsBaseUrl: 'lookups' }, /Lookup address is no web address/],
    [{ lookupsBaseUrl: 'file:///etc/passwd' }, /Lookup address must begin with https/],
  ]))

test('exactly the credentials are marked as secret', () =>
  assert.deepEqual(secretNames(settings), ['authToken', 'apiKeySecret', 'secondaryAuthToken']))
