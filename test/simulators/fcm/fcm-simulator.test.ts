import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { importPKCS8, type JWTPayload, SignJWT } from 'jose'
import { fcmProjectId, startFcmSimulator } from './index.ts'

const simulator = await startFcmSimulator()
after(() => simulator.close())

const file = JSON.parse(simulator.account.keyFile()) as Record<string, string>
const now = Math.floor(Date.now() / 1000)
const good = {
  iss: file.client_email!,
  aud: file.token_uri!,
  scope: 'https://www.googleapis.com/auth/firebase.messaging',
  iat: now,
  exp: now + 3600,
}

async function grant(
  claims: JWTPayload,
  kid = file.private_key_id!,
): Promise<{ status: number; body: Record<string, string> }> {
  const key = await importPKCS8(file.private_key!, 'RS256')
  const assertion = await new SignJWT(claims).setProtectedHeader({ alg: 'RS256', kid }).sign(key)
  const body = new URLSearchParams({ grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion })
  const answer = await fetch(file.token_uri!, { method: 'POST', body })
  return { status: answer.status, body: (await answer.json()) as Record<string, string> }
}

test('a token is granted for a right assertion and for no other', async () => {
  assert.equal((await grant(good)).status, 200)
  const wrong: readonly JWTPayload[] = [
    { ...good, iss: 'somebody@example.com' },
    { ...good, aud: 'https://fcm.googleapis.com/' },
    { ...good, scope: 'https://www.googleapis.com/auth/cloud-platform' },
    { ...good, exp: now + 3601 },
    { ...good, iat: now - 7200, exp: now - 3600 },
    { ...good, iat: now + 3000, exp: now + 3600 },
  ]
  for (const claims of wrong) assert.equal((await grant(claims)).status, 400, JSON.stringify(claims))
  assert.equal((await grant(good, 'another-key')).body.error, 'invalid_grant')
})

test('a push needs a token that was granted, and a body as FCM wants it', async () => {
  const { body } = await grant(good)
  const send = async (message: unknown, token = body.access_token) => {
    const answer = await fetch(`${simulator.baseUrl}/v1/projects/${fcmProjectId}/messages:send`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ message }),
    })
    return { status: answer.status, text: await answer.text() }
  }
  assert.equal((await send({ token: 'a', data: { x: '1' } })).status, 200)
  assert.equal((await send({ token: 'a' }, 'stolen')).status, 401)
  const rows = [
    [{ token: 'a', data: { x: 1 } }, 'message.data[x]'],
    [{ token: 'a', notification: { tag: 'x' } }, 'message.notification.tag'],
    [{ token: 'a', android: { ttl: 300 } }, 'message.android.ttl'],
    [{ token: 'a', sound: 'x' }, 'message.sound'],
    [{ data: {} }, 'message.token'],
    [{ token: 'a', data: { x: 'y'.repeat(4096) } }, 'too big'],
  ] as const
  for (const [message, expected] of rows) {
    const answer = await send(message)
    assert.equal(answer.status, 400)
    assert.ok(answer.text.includes(expected), answer.text)
  }
  simulator.revoke()
  assert.equal((await send({ token: 'a' })).status, 401)
})
