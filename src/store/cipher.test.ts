import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import test from 'node:test'
import { cipher } from './cipher.ts'

const key = randomBytes(32)

test('what was sealed opens again, and looks different each time', () => {
  const { encrypt, decrypt } = cipher(key)
  const one = encrypt('secret ✓', 'api-key/1/a')
  const two = encrypt('secret ✓', 'api-key/1/a')
  assert.equal(decrypt(one, 'api-key/1/a'), 'secret ✓')
  assert.notDeepEqual(one, two)
  assert.ok(!one.includes('secret'))
})

test('another place, another key, a changed or cut byte do not open', () => {
  const { encrypt, decrypt } = cipher(key)
  const sealed = encrypt('secret', 'api-key/1/a')
  assert.throws(() => decrypt(sealed, 'api-key/2/a'), /C2M_SECRET_KEY/)
  assert.throws(() => cipher(randomBytes(32)).decrypt(sealed, 'api-key/1/a'), /C2M_SECRET_KEY/)
  for (let at = 1; at < sealed.length; at += 1) {
    const changed = Buffer.from(sealed)
    changed[at]! ^= 1
    assert.throws(() => decrypt(changed, 'api-key/1/a'))
  }
  assert.throws(() => decrypt(sealed.subarray(0, 20), 'api-key/1/a'), /not in a form/)
})
