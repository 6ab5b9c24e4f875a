import assert from 'node:assert/strict'
import { test } from 'node:test'
import { assertMistakesTold, secretNames } from '../../../test/sender-settings.ts'
import { simulatedAccount, simulatedWhatsappSender } from '../../../test/simulators/twilio/index.ts'
import { checkSender, settings } from './settings.ts'

const service = simulatedAccount.messagingServices[0].sid
const check = (more: Record<string, unknown>, address = '+12065550100') =>
  checkSender({ address, settings: simulatedWhatsappSender('https://api.twilio.com', more).settings })

test('good settings have no problem', () => {
  assert.deepEqual(check({}), [])
  assert.deepEqual(check({ contentBaseUrl: undefined }), [])
  assert.deepEqual(check({ messagingServiceSid: service, advancedOptOut: true }), [])
  assert.deepEqual(check({ messagingServiceSid: service }, service), [])
})

test('each mistake is one sentence that names it', () =>
  assertMistakesTold(check, [
    [{ accountSid: 'AC123' }, /Account SID/],
    [{ authToken: '' }, /Auth Token is missing/],
    [{}, /without "whatsapp:"/, 'whatsapp:+12065550100'],
    [{}, /WhatsApp sender’s phone number/, '72345'],
    [{}, /WhatsApp sender’s phone number/, service],
    [{}, /WhatsApp sender’s phone number/, 'US.13491208655302741918'],
    [{ advancedOptOut: true }, /feature of Messaging Services/],
    [{ apiBaseUrl: 'http://api.twilio.com' }, /API address must begin with https/],
    [{ contentBaseUrl: 'content' }, /Content address is no web address/],
    [{ messagingBaseUrl: 'http://messaging.twilio.com' }, /Messaging address must begin with https/],
  ]))

test('exactly the credentials are marked as secret, and nothing is asked that WhatsApp does not need', () => {
  assert.deepEqual(secretNames(settings), ['authToken', 'apiKeySecret', 'secondaryAuthToken'])
  assert.ok(!Object.keys(settings.properties).some((name) => /lookup/i.test(name)))
})
