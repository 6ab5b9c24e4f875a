import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { AccountConfig } from './account.ts'
import { type BilledMessage, costBy, type Price, priceFaults } from './price.ts'
import { segmentsIn } from './segments.ts'

const price = (more: Partial<Price>): Price => ({
  ...{ priceId: '1', channel: 'sms', senderId: null, country: null, category: null },
  ...{ per: 'segment', micros: 10_000, currency: 'EUR' },
  ...more,
})
const message: BilledMessage = { channel: 'sms', senderId: 's1', country: 'DE', category: null, text: 'Hello' }

test('the price that names more wins, whatever the order', () => {
  const any = price({ micros: 1 })
  const germany = price({ country: 'DE', micros: 2 })
  const sender = price({ senderId: 's1', micros: 3 })
  const both = price({ senderId: 's1', country: 'DE', micros: 4 })
  const france = price({ country: 'FR', micros: 5 })
  const whatsapp = price({ channel: 'wa', per: 'message', micros: 6 })
  const all = [both, whatsapp, any, france, sender, germany]
  const micros = (prices: readonly Price[], of: Partial<BilledMessage> = {}) =>
    costBy(prices, { ...message, ...of })?.micros
  for (const prices of [all, all.toReversed()]) {
    assert.equal(micros(prices), 4)
    assert.equal(micros(prices, { country: 'IT' }), 3)
    assert.equal(micros(prices, { senderId: 's2' }), 2)
    assert.equal(micros(prices, { senderId: 's2', country: null }), 1)
    assert.equal(micros(prices, { channel: 'wa' }), 6)
    assert.equal(micros(prices, { channel: 'inapp' }), undefined)
  }
})

test('WhatsApp is priced by its category, and only where that is known', () => {
  const prices = [
    price({ channel: 'wa', per: 'message', category: 'marketing', micros: 70_000 }),
    price({ channel: 'wa', per: 'message', category: 'utility', micros: 20_000 }),
  ]
  const wa = { ...message, channel: 'wa' as const }
  assert.deepEqual(costBy(prices, { ...wa, category: 'utility' }), { micros: 20_000, currency: 'EUR' })
  assert.equal(costBy(prices, wa), null)
  assert.equal(costBy(prices, { ...wa, category: 'service' }), null)
})

test('a text costs each of its parts, or once', () => {
  const long = { ...message, text: 'x'.repeat(161) }
  assert.deepEqual(costBy([price({})], long), { micros: 20_000, currency: 'EUR' })
  assert.deepEqual(costBy([price({ per: 'message' })], long), { micros: 10_000, currency: 'EUR' })
})

test('parts are counted as carriers count them', () => {
  for (const [text, parts] of [
    ['', 1],
    ['x'.repeat(160), 1],
    ['x'.repeat(161), 2],
    ['x'.repeat(306), 2],
    ['x'.repeat(307), 3],
    ['€'.repeat(80), 1],
    ['€'.repeat(81), 2],
    ['ё'.repeat(70), 1],
    ['ё'.repeat(71), 2],
    ['ё'.repeat(134), 2],
    ['ё'.repeat(135), 3],
    // A pair does not stand in two parts: 33 of them in each.
    ['😀'.repeat(35), 1],
    ['😀'.repeat(66), 2],
    ['😀'.repeat(67), 3],
  ] as const)
    assert.equal(segmentsIn(text), parts, `${text.slice(0, 4)} ${text.length}`)
})

test('a price is judged in sentences', () => {
  const config = {
    senders: new Map([['s1', { senderId: 's1', channel: 'sms', title: 'Number' }]]),
  } as unknown as AccountConfig
  const faults = (more: Partial<Price>) => priceFaults(price(more), config)
  assert.deepEqual(faults({ senderId: 's1', country: 'US' }), [])
  assert.deepEqual(faults({ channel: 'wa', per: 'message', category: 'utility' }), [])
  for (const [wrong, sentence] of [
    [{ senderId: 's2' }, /no such sender/],
    [{ senderId: 's1', channel: 'wa', per: 'message' }, /not of this channel/],
    [{ country: 'XX' }, /no country/],
    [{ country: 'us' }, /no country/],
    [{ category: 'utility' }, /Only WhatsApp/],
    [{ channel: 'wa', per: 'message', category: 'Utility!' }, /small letters/],
    [{ channel: 'wa' }, /Only SMS is billed/],
    [{ micros: -1 }, /0 to 1000 units/],
    [{ micros: 0.5 }, /0 to 1000 units/],
    [{ currency: 'Euro' }, /three capital letters/],
  ] as const) {
    const said = faults(wrong)
    assert.equal(said.length, 1, JSON.stringify(said))
    assert.match(said[0]!, sentence)
  }
})
