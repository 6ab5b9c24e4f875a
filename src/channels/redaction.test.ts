import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { maskPhones, redactAnswer, redactBody, redactText, redactUrl, textsIn } from './redaction.ts'

const secret = 'f00dcafe1234567890abcdef12345678'

test('phone numbers keep four digits at each end, in every spelling', () => {
  const rows = [
    ['to +12065551234 now', 'to +1206•••1234 now'],
    ['To=%2B12065551234', 'To=%2B1206•••1234'],
    ['"12065551234"', '"1206•••1234"'],
    ['=1%2B12065551234', '=1%2B1206•••1234'],
    ['(206) 555-1234', '•••1234'],
    ['206-555-1234', '•••1234'],
    ['+4915112345678x', '+4915•••5678x'],
    ['SM1234567890123456789012345678901234', 'SM1234567890123456789012345678901234'],
    ['Sun, 22 Nov 2026 10:11:12 +0000', 'Sun, 22 Nov 2026 10:11:12 +0000'],
    ['2026-11-22T10:11:12Z', '2026-11-22T10:11:12Z'],
    ['account 12345678', 'account 12345678'],
    ['code 21610', 'code 21610'],
    ['From=whatsapp:US.13491208655302741918', 'From=whatsapp:US.•••1918'],
    ['US.OK and DE.ABCDEFGHIJKLMN', 'US.OK and DE.ABCDEFGHIJKLMN'],
  ] as const
  for (const [text, expected] of rows) assert.equal(maskPhones(text), expected)
})

test('no international number survives in any surroundings', () => {
  const digits = fc.stringMatching(/^[1-9]\d{9,13}$/)
  fc.assert(
    fc.property(digits, fc.string(), fc.string(), (number, before, after) => {
      assert.ok(!redactBody(JSON.stringify({ note: `${before}+${number}${after}` }), []).includes(number))
      assert.ok(!redactUrl(`https://x.test/v2/+${number}?To=${encodeURIComponent(`+${number}`)}`, []).includes(number))
    }),
  )
})

test('a form keeps its fields and loses the text, the number, the token and the secret', () => {
  const body = new URLSearchParams({
    To: '+12065551234',
    Body: 'Hello Ann, tap here',
    StatusCallback: 'https://c2m.test/hooks/sms-twilio/12345678/s1?attempt=abcdef',
    Note: `uses ${secret}`,
  }).toString()
  assert.equal(
    redactBody(body, [secret]),
    'To=+1206•••1234&Body=[text, 19 characters]&StatusCallback=https://c2m.test/hooks/sms-twilio/12345678/s1?attempt=[hidden]&Note=uses [secret]',
  )
})

test('a WhatsApp message loses its sender’s name, button and place', () => {
  const body =
    'ProfileName=Ann+Lee&ButtonText=Stop&ButtonPayload=STOP&Latitude=47.6&Label=Home&Address=Main+St&WaId=12065551234'
  const kept = redactBody(body, [])
  for (const told of ['Ann', 'Stop', 'STOP', '47.6', 'Home', 'Main', '5551234']) assert.ok(!kept.includes(told), told)
})

test('a JSON answer loses texts at any depth and keeps the provider’s own words', () => {
  const answer = JSON.stringify({
    code: 21211,
    message: "The 'To' number +12065551234 is not valid: Hello Ann",
    messages: [{ body: 'Hello Ann', sid: 'SM1', national_format: '(206) 555-1234' }],
  })
  assert.equal(
    redactAnswer(answer, [secret], ['Hello Ann']),
    '{"code":21211,"message":"The \'To\' number +1206•••1234 is not valid: [text, 9 characters]",' +
      '"messages":[{"body":"[text, 9 characters]","sid":"SM1","national_format":"•••1234"}]}',
  )
})

test('an answer that is no JSON loses the texts of the request and is cut', () => {
  const html = `<html>You sent: Hello Ann to +12065551234 ${secret} ${'x'.repeat(9000)}</html>`
  const kept = redactAnswer(html, [secret], textsIn('Body=Hello+Ann&To=%2B1'))
  assert.ok(kept.startsWith('<html>You sent: [text, 9 characters] to +1206•••1234 [secret] xx'))
  assert.ok(kept.length < 4100)
})

test('a secret goes in its plain, percent-encoded and base64 forms; a very short one is no secret', () => {
  const odd = 'pass word/+&=é'
  for (const form of [odd, encodeURIComponent(odd), Buffer.from(odd).toString('base64')])
    assert.ok(!redactText(`a ${form} b`, [odd]).includes(form), form)
  assert.equal(redactText('abc', ['', 'a']), 'abc')
})

test('what Meta says of people goes: names, places, cards, forms, our token; a template keeps its name', () => {
  const body = JSON.stringify({
    contacts: [
      {
        profile: { name: 'Sheena Nelson', username: 'sheena' },
        wa_id: '16505551234',
        user_id: 'US.13491208655302741918',
      },
    ],
    location: {
      latitude: 37.44221496582,
      longitude: -122.16165924072,
      name: 'Philz Coffee',
      address: '101 Forest Ave',
    },
    cards: [{ name: { formatted_name: 'Lucía Gómez', first_name: 'Lucía' }, org: { company: 'x', name: 'Gómez Ltd' } }],
    nfm_reply: { response_json: '{"seat":"12A"}' },
    template: { name: 'continue_in_chat', parameters: [{ type: 'text', text: 'Ann' }] },
    biz_opaque_callback_data: '9mYp2s7uQh0aVbC3dEfGh2',
    timestamp: '1749416383',
  })
  const kept = redactBody(body, [])
  for (const gone of [
    'Sheena',
    'sheena',
    '6505551',
    '1349120865',
    '37.44',
    '122.16',
    'Philz',
    'Forest',
    'Lucía',
    'Gómez',
    '12A',
    'Ann',
    '9mYp2s7u',
  ])
    assert.ok(!kept.includes(gone), gone)
  assert.match(kept, /"name":"continue_in_chat"/)
})
