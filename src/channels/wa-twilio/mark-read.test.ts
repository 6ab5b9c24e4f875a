import assert from 'node:assert/strict'
import { test } from 'node:test'
import { twilioStage } from '../../../test/provider-stage.ts'
import { simulatedWhatsappSender } from '../../../test/simulators/twilio/index.ts'
import { markRead } from './mark-read.ts'

const { simulator, sender, http } = await twilioStage(simulatedWhatsappSender)
const consumer = 'whatsapp:+12065550123'
const mark = (sid: string, typing: boolean) => markRead(sid, { typing }, sender(), http())

test('typing is shown by the message that it answers; a read mark alone Twilio does not know', async () => {
  const { messageSid } = await simulator.consumerSends(consumer, 'whatsapp:+12065550100', 'Hello?')
  await mark(messageSid, false)
  assert.deepEqual(simulator.requests, [])
  await mark(messageSid, true)
  assert.deepEqual(simulator.typed, [messageSid])
})

test('what Twilio does not take is a failure', async () => {
  await assert.rejects(mark(`SM${'0'.repeat(32)}`, true), { kind: 'content-rejected' })
  simulator.fault({ phase: 'api', do: 'error', status: 401, code: 20003 })
  await assert.rejects(mark(`SM${'0'.repeat(32)}`, true), { kind: 'misconfigured' })
  assert.deepEqual(simulator.typed, [])
})
