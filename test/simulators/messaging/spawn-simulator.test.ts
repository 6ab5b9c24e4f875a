import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { simulatedBusiness, spawnMetaSimulator } from '../meta/index.ts'
import { consumerPhone, simulatedAccount, spawnTwilioSimulator } from '../twilio/index.ts'

const folder = mkdtempSync(join(tmpdir(), 'spawned-simulators-'))
after(() => rmSync(folder, { recursive: true }))

/** What this test asks of a spawned simulator, whichever it is. */
interface Spawned {
  readonly baseUrl: string
  readonly pid: number
  call(name: 'fault', rule: { phase: 'api'; do: 'kill'; pid: number; accepts: boolean }): Promise<unknown>
  read(name: 'accepted' | 'violations'): Promise<readonly unknown[]>
  stop(): Promise<void>
}

interface Provider<S extends Spawned> {
  readonly name: string
  spawn(journalPath: string): Promise<S>
  /** Sends a message that is known by `word`. */
  send(baseUrl: string, word: string): Promise<Response>
  /** Status of the answer to a send that was accepted. */
  readonly accepts: number
  /** The word in a line of the journal. */
  wordIn(line: { readonly opaque?: string; readonly body?: string }): string | undefined
  /** Asks for webhooks outside this machine. */
  callOutside(simulator: S): Promise<unknown>
}

function livesApart<S extends Spawned>(provider: Provider<S>): void {
  const { name } = provider
  test(`${name}: it lives in its own process, kills the server it is told to, and its ledger outlives both`, async () => {
    const journalPath = join(folder, `${name}.jsonl`)
    const simulator = await provider.spawn(journalPath)
    // A process that stands for the server under test: it only lives.
    const server = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' })
    try {
      assert.equal((await provider.send(simulator.baseUrl, 'one')).status, provider.accepts)
      await simulator.call('fault', { phase: 'api', do: 'kill', pid: server.pid!, accepts: true })
      const killed = once(server, 'exit')
      await assert.rejects(provider.send(simulator.baseUrl, 'two'))
      assert.equal((await killed)[1], 'SIGKILL')
      assert.equal((await simulator.read('accepted')).length, 2)
      await assert.rejects(provider.callOutside(simulator), /this machine only/)
      assert.deepEqual(await simulator.read('violations'), [])
    } finally {
      server.kill('SIGKILL')
      process.kill(simulator.pid, 'SIGKILL')
    }
    const lines = readFileSync(journalPath, 'utf8').trim().split('\n')
    assert.deepEqual(
      lines.map((line) => provider.wordIn(JSON.parse(line))),
      ['one', 'two'],
    )

    const next = await provider.spawn(journalPath)
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
}

const { accountSid, authToken, numbers } = simulatedAccount
livesApart({
  name: 'twilio',
  spawn: (journalPath) => spawnTwilioSimulator({ accounts: [simulatedAccount], journalPath }),
  send: (baseUrl, word) =>
    fetch(`${baseUrl}/2010-04-01/Accounts/${accountSid}/Messages.json`, {
      method: 'POST',
      headers: { authorization: `Basic ${btoa(`${accountSid}:${authToken}`)}` },
      body: new URLSearchParams({ To: consumerPhone, From: numbers[0], Body: word }),
    }),
  accepts: 201,
  wordIn: (line) => line.body,
  callOutside: (simulator) => simulator.call('inboundUrl', numbers[0], 'https://example.com/'),
})

const { wabaId, tokens } = simulatedBusiness
livesApart({
  name: 'meta',
  spawn: (journalPath) => spawnMetaSimulator({ businesses: [simulatedBusiness], journalPath }),
  send: (baseUrl, word) =>
    fetch(`${baseUrl}/v25.0/${simulatedBusiness.numbers[0].phoneNumberId}/messages`, {
      method: 'POST',
      headers: { authorization: `Bearer ${tokens[0].token}`, 'content-type': 'application/json' },
      body: JSON.stringify({
        messaging_product: 'whatsapp',
        to: '16505551234',
        biz_opaque_callback_data: word,
        type: 'template',
        template: { name: 'spring_offer', language: { code: 'en_US' } },
      }),
    }),
  accepts: 200,
  wordIn: (line) => line.opaque,
  callOutside: (simulator) => simulator.call('callbackUrl', wabaId, 'https://example.com/'),
})
