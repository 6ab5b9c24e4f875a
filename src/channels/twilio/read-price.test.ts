import assert from 'node:assert/strict'
import { test } from 'node:test'
import { twilioStage } from '../../../test/provider-stage.ts'
import { outgoing } from '../../../test/simulators/twilio/index.ts'
import { send } from '../sms-twilio/send.ts'
import { readPrice } from './read-price.ts'

const { simulator, sender, http } = await twilioStage()
const price = async (sid: string) => {
  const { status: _, ...said } = await readPrice(sid, sender(), http())
  return said
}
const sent = async (text = outgoing().text) => (await send(outgoing({ text }), sender(), http())).providerId

test('the price is there some minutes after sending, by parts, and not before', async () => {
  const [one, two] = [await sent(), await sent('x'.repeat(161))]
  assert.deepEqual(await price(one), { kind: 'later' }, 'in the queue')
  await simulator.drain()
  assert.deepEqual(await price(one), { kind: 'later' }, 'just delivered')
  simulator.shiftClock(121_000)
  assert.deepEqual(await price(one), { kind: 'known', money: { micros: 7_900, currency: 'USD' } })
  assert.deepEqual(await price(two), { kind: 'known', money: { micros: 15_800, currency: 'USD' } })
})

test('what failed before it left is free, what got lost is charged', async () => {
  simulator.fault({ phase: 'status', do: 'end', status: 'failed', errorCode: 30001 })
  const failed = await sent()
  simulator.fault({ phase: 'status', do: 'end', status: 'undelivered', errorCode: 30003 })
  const lost = await sent()
  await simulator.drain()
  simulator.shiftClock(121_000)
  assert.deepEqual(await price(failed), { kind: 'free' })
  assert.equal((await price(lost)).kind, 'known')
})

test('a message that Twilio does not have will never have a price; a failure to ask is one', async () => {
  assert.deepEqual(await price(`SM${'0'.repeat(32)}`), { kind: 'none' })
  assert.deepEqual(await price('../Accounts'), { kind: 'none' })
  const sid = await sent()
  simulator.fault({ phase: 'api', match: { operation: 'fetch' }, do: 'error', status: 429, retryAfter: '1' })
  await assert.rejects(price(sid), { kind: 'throttled' })
  simulator.fault({ phase: 'api', match: { operation: 'fetch' }, do: 'cut', accepts: false })
  await assert.rejects(price(sid), { kind: 'unknown-outcome' })
  await simulator.drain()
  simulator.shiftClock(121_000)
  simulator.fault({
    phase: 'api',
    match: { operation: 'fetch' },
    do: 'patch',
    fields: { price: 'dear', price_unit: 'USD' },
  })
  assert.deepEqual(await price(sid), { kind: 'later' })
})
