import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { consumerPhone, simulatedAccount, spawnTwilioSimulator } from './index.ts'

const folder = mkdtempSync(join(tmpdir(), 'twilio-simulator-'))
after(() => rmSync(folder, { recursive: true }))
const journalPath = join(folder, 'journal.jsonl')
const { accountSid, authToken, numbers } = simulatedAccount

const create = (baseUrl: string, text: string) =>
  fetch(`${baseUrl}/2010-04-01/Accounts/${accountSid}/Messages.json`, {
    method: 'POST',
    headers: { authorization: `Basic ${btoa(`${accountSid}:${authToken}`)}` },
    body: new URLSearchParams({ To: consumerPhone, From: numbers[0], Body: text }),
  })

/** A process that stands for the server under test: it only lives. */
function victim(): ChildProcess & { readonly pid: number } {
  return spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' }) as never
}

test('it lives in its own process, kills the server it is told to, and its ledger outlives both', async () => {
  const simulator = await spawnTwilioSimulator({ accounts: [simulatedAccount], journalPath })
  const server = victim()
  try {
    assert.equal((await create(simulator.baseUrl, 'one')).status, 201)
    await simulator.call('fault', { phase: 'api', do: 'kill', pid: server.pid, accepts: true })
    const killed = once(server, 'exit')
    await assert.rejects(create(simulator.baseUrl, 'two'))
    assert.equal((await killed)[1], 'SIGKILL')
    assert.equal((await simulator.read('accepted')).length, 2)
    await assert.rejects(simulator.call('inboundUrl', numbers[0], 'https://example.com/'), /this machine only/)
    assert.deepEqual(await simulator.read('violations'), [])
  } finally {
    server.kill('SIGKILL')
    process.kill(simulator.pid, 'SIGKILL')
  }
  const bodies = readFileSync(journalPath, 'utf8')
    .trim()
    .split('\n')
    .map((line) => (JSON.parse(line) as { body: string }).body)
  assert.deepEqual(bodies, ['one', 'two'])

  const next = await spawnTwilioSimulator({ accounts: [simulatedAccount], journalPath })
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
