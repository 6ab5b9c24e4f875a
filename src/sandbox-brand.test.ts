import assert from 'node:assert/strict'
import { createECDH } from 'node:crypto'
import { test } from 'node:test'
import { sandboxBrand } from './sandbox-brand.ts'

test('the VAPID keys belong together in every sandbox, also when the private one begins with a zero byte', () => {
  // One key in 256 does; among 3,000 none does with a chance of 1 in 100,000.
  for (let made = 0; made < 3_000; made += 1) {
    const { vapidPublicKey, vapidPrivateKey } = sandboxBrand('va').senders.find(
      ({ connector }) => connector === 'inapp-webpush',
    )!.settings as Record<string, string>
    const pair = createECDH('prime256v1')
    pair.setPrivateKey(Buffer.from(vapidPrivateKey!, 'base64url'))
    assert.equal(vapidPrivateKey!.length, 43)
    assert.equal(pair.getPublicKey('base64url'), vapidPublicKey)
  }
})
