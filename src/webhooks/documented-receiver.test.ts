import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { freePort } from '../../test/test-server.ts'
import { newWebhookSecret, signatureHeaders } from './signature.ts'

const root = join(import.meta.dirname, '../..')

test('the receiver of docs/webhooks.md takes what is ours, once, and nothing else', { timeout: 30_000 }, async (t) => {
  const page = await readFile(join(root, 'docs/webhooks.md'), 'utf8')
  const code = /```js\n(.*?)```/s.exec(page)![1]!
  const [secret, port] = [newWebhookSecret(), await freePort()]
  const child = spawn(process.execPath, ['--input-type=module', '-e', code], {
    cwd: root,
    env: { C2M_WEBHOOK_SECRET: secret, PORT: String(port) },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ended = new Promise((resolve) => child.once('close', resolve))
  t.after(async () => {
    child.kill()
    await ended
  })
  let printed = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    printed += text
  })
  const body = JSON.stringify({ type: 'invite.sent', data: { callId: 'a-call', status: 'sent' } })
  const post = (by: string) =>
    fetch(`http://127.0.0.1:${port}/`, {
      method: 'POST',
      headers: signatureHeaders({ id: 'msg_1', at: new Date(), body }, [by]),
      body,
    }).then(
      ({ status }) => status,
      () => null,
    )
  let first = await post(secret)
  for (; first === null; first = await post(secret)) await pause(50)
  assert.deepEqual([first, await post(secret), await post(newWebhookSecret())], [204, 204, 401])
  while (printed === '') await pause(20)
  assert.equal(printed, 'invite.sent a-call sent\n')
})
