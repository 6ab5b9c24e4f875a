import assert from 'node:assert/strict'
import { test } from 'node:test'
import { errorKey, errorSentence, type KeptError, reportedError } from './reported-error.ts'

const none: KeptError = {
  channel: 'sms',
  connector: 'sms-twilio',
  source: 'provider',
  code: '30006',
  stage: 'delivery',
}

test('errors are told in the published dictionary’s words, by their sources', () => {
  const rows: readonly (readonly [Partial<KeptError>, string])[] = [
    [{ source: 'c2m', code: '1400' }, 'c2m_1400'],
    [{ source: 'c2m', code: 'no-channel' }, 'c2m_1001'],
    [{ source: 'c2m', code: 'expired' }, 'c2m_5403'],
    [{ source: 'c2m', code: 'unknown-outcome' }, 'c2m_5403'],
    [{ source: 'c2m', code: 'misconfigured' }, 'c2m_5401'],
    [{ source: 'c2m', code: 'a kind of later' }, 'c2m_5000'],
    [{}, 'twilio_30006'],
    [{ code: '5008' }, 'twilio_5008'],
    [{ code: '21610', stage: 'send' }, 'outbound_twilio_21610'],
    [{ code: 'opted-out', stage: 'send' }, 'outbound_twilio_21610'],
    [{ code: 'unreachable', stage: 'send' }, 'outbound_twilio_ntw_err'],
    [{ channel: 'wa', connector: 'wa-cloud', code: '131026' }, 'wa_131026'],
    [{ channel: 'wa', connector: 'wa-cloud', code: '470', stage: 'send' }, 'outbound_wa_470'],
    [{ channel: 'wa', connector: 'wa-cloud', code: 'window-closed', stage: 'send' }, 'outbound_wa_470'],
    [{ channel: 'wa', connector: 'wa-twilio', code: '63016' }, 'twilio_63016'],
    [{ channel: 'inapp', connector: 'inapp-fcm', code: 'device-gone', stage: 'send' }, 'proactive_16'],
    [{ channel: 'inapp', connector: 'inapp-apns', code: '410', stage: 'send' }, 'proactive_17'],
    [{ channel: 'inapp', connector: 'inapp-apns', code: 'misconfigured', stage: 'send' }, 'proactive_19'],
  ]
  for (const [kept, key] of rows) assert.equal(errorKey(reportedError({ ...none, ...kept })!), key)
  assert.equal(reportedError({ ...none, code: null }), null)
})

test('the dictionary’s sentence, else the one kept with the call', () => {
  assert.match(errorSentence({ source: 'twilio', code: '5008' }, 'something else'), /72 hours/)
  assert.equal(errorSentence({ source: 'wa', code: '131026' }, 'Not on WhatsApp.'), 'Not on WhatsApp.')
  assert.notEqual(errorSentence({ source: 'wa', code: '131026' }, null), '')
})
