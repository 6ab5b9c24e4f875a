import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { simulatedBusiness, spawnMetaSimulator } from './index.ts'

const folder = mkdtempSync(join(tmpdir(), 'meta-simulator-'))
after(() => rmSync(folder, { recursive: true }))
const journalPath = join(folder, 'journal.jsonl')
const { tokens, numbers } = simulatedBusiness

const send = (baseUrl: string, callbackData: string) =>
  fetch(`${baseUrl}/v25.0/${numbers[0].phoneNumberId}/messages`, {
    method: 'POST',
    headers: { authorization: `Bearer ${tokens[0].token}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      messaging_product: 'whatsapp',
      to: '16505551234',
      biz_opaque_callback_data: callbackData,
      type: 'template',
      template: {
        name: 'spring_offer',
        language: { code: 'en_US' },
      },
    }),
  })

test('it lives in its own process, kills the server it is told to, and its ledger outlives both', async () => {
  const simulator = await spawnMetaSimulator({ businesses: [simulatedBusiness], journalPath })
  // A process that stands for the server under test: it only lives.
  const server = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' })
  try {
    assert.equal((await send(simulator.baseUrl, 'one')).status, 200)
    await simulator.call('fault', { phase: 'api', do: 'kill', pid: server.pid!, accepts: true })
    const killed = once(server, 'exit')
    await assert.rejects(send(simulator.baseUrl, 'two'))
    assert.equal((await killed)[1], 'SIGKILL')
    assert.equal((await simulator.read('accepted')).length, 2)
    const { wabaId } = simulatedBusiness
    await assert.rejects(simulator.call('callbackUrl', wabaId, 'https://example.com/'), /this machine only/)
    assert.deepEqual(await simulator.read('violations'), [])
  } finally {
    server.kill('SIGKILL')
    process.kill(simulator.pid, 'SIGKILL')
  }
  const opaque = readFileSync(journalPath, 'utf8')
    .trim()
    .split('\n')
    .map((line) => (JSON.parse(line) as { opaque: string }).opaque)
  assert.deepEqual(opaque, ['one', 'two'])

  const next = await spawnMetaSimulator({ businesses: [simulatedBusiness], journalPath })
  try {
    assert.equal((await next.read('accepted')).length, 2)
    const strange = await fetch(`${next.baseUrl}/control`, {
      method: 'POST',
      headers: { authorization: 'Bearer wrong', 'content-type': 'application/json' },
      body: '{"call":"reset"}',
    })
    assert.equal(strange.status, 401)
  } finally {
    await next.stop()
  }
})
