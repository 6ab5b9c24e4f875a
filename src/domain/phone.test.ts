import assert from 'node:assert/strict'
import { test } from 'node:test'
import { getCountries, getExampleNumber, parsePhoneNumberFromString } from 'libphonenumber-js/max'
import examples from 'libphonenumber-js/mobile/examples'
import { destinationAllowed, type NumberKind, numberKind, parsePhone } from './phone.ts'

test('one spelling is a phone number', () => {
  for (const phone of ['+12061234567', '+442071838750', '+447911123456', '+15551234567', '+2904567', '+390612345678']) {
    assert.equal(parsePhone(phone), phone)
  }
})

test('a mobile number of every country is a phone number', () => {
  const lost = getCountries().filter((country) => {
    const example = getExampleNumber(country, examples)
    return example !== undefined && example.number.length <= 15 && parsePhone(example.number) !== example.number
  })
  assert.deepEqual(lost, [])
})

test('the short cut for North America says what the library says', () => {
  for (let area = 0; area < 1_000; area++) {
    for (const rest of ['5550123', '2345678', '0000000', '1234567']) {
      const raw = `+1${String(area).padStart(3, '0')}${rest}`
      const phone = parsePhoneNumberFromString(raw, { extract: false })
      assert.equal(parsePhone(raw), phone?.number === raw && phone.isPossible() ? raw : null, raw)
      const premium = phone?.getType() === 'PREMIUM_RATE'
      if (premium) assert.equal(destinationAllowed(raw), false, raw)
    }
  }
})

test('anything else is none (IN-19)', () => {
  const none: unknown[] = [
    undefined,
    null,
    true,
    12061234567,
    ['+12061234567'],
    { toString: () => '+12061234567' },
    '',
    '+',
    '12061234567',
    '0012061234567',
    '911',
    '112',
    '+911',
    '+112',
    '+1911',
    '+44999',
    '+49112',
    '22222',
    '+012061234567',
    '+1206123456',
    '+120612345678',
    '+1206123456789012',
    '+44791112345678',
    '+123456789012345678901',
    '+4402071838750',
    '+112061234567',
    ' +12061234567',
    '+12061234567 ',
    '+12061234567\n',
    '+1 206 123 4567',
    '+1 (206) 123-4567',
    '+1-206-123-4567',
    '+1.206.123.4567',
    'tel:+12061234567',
    '+12061234567;ext=5',
    '+12061234567x5',
    '+1206CALLNOW',
    '++12061234567',
    '\uff0b12061234567',
    '+\uff11\uff12\uff10\uff16\uff11\uff12\uff13\uff14\uff15\uff16\uff17',
    '+\u0661\u0662\u0660\u0666\u0661\u0662\u0663\u0664\u0665\u0666\u0667',
    '\u200e+12061234567',
    '\u202b+12061234567',
    '+1206\u200b1234567',
    '+1206\u00001234567',
    '+999123456789',
    '+2101234567',
  ]
  for (const raw of none) assert.equal(parsePhone(raw), null, JSON.stringify(raw))
})

test('the numbering plan tells the kind of a number, where it does', () => {
  const kinds: [string, NumberKind][] = [
    ['+447911123456', 'mobile'],
    ['+4915112345678', 'mobile'],
    ['+442071838750', 'landline'],
    ['+390612345678', 'landline'],
    ['+12061234567', 'unclear'],
    ['+12065550100', 'unclear'],
    ['+18005551234', 'toll-free'],
    ['+80012345678', 'toll-free'],
    ['+19005551234', 'premium'],
    ['+449098790000', 'premium'],
    ['+979123456789', 'premium'],
    ['+870773111632', 'satellite'],
    ['+881612345678', 'satellite'],
    ['+882161234567', 'satellite'],
    ['+883510000000', 'satellite'],
    ['+445612345678', 'voip'],
    ['+447640123456', 'pager'],
    ['+447012345678', 'unclear'],
  ]
  assert.deepEqual(
    kinds.map(([phone]) => [phone, numberKind(phone)]),
    kinds,
  )
})

test('no text goes to a number that earns money by the text (IN-20)', () => {
  const refused = ['+19005551234', '+979123456789', '+870773111632', '+881612345678', '+883510000000']
  for (const phone of refused) assert.equal(destinationAllowed(phone), false, phone)
  for (const phone of ['+12061234567', '+447911123456', '+442071838750', '+18005551234']) {
    assert.equal(destinationAllowed(phone), true, phone)
  }
})
