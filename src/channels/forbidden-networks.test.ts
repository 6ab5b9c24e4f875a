import assert from 'node:assert/strict'
import { test } from 'node:test'
import { forbiddenAddress } from './forbidden-networks.ts'

test('addresses that are not the public internet are forbidden (SS-01)', () => {
  for (const address of [
    '127.0.0.1',
    '127.255.255.254',
    '0.0.0.0',
    '10.0.0.1',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.1.1',
    '169.254.169.254',
    '100.64.0.1',
    '100.127.255.255',
    '198.18.0.1',
    '192.0.0.8',
    '224.0.0.1',
    '255.255.255.255',
    '::',
    '::1',
    '::ffff:127.0.0.1',
    '::ffff:8.8.8.8',
    '::7f00:1',
    'fc00::1',
    'fdff::1',
    'fe80::1',
    'fe80::1%lo',
    '64:ff9b::7f00:1',
    '64:ff9b:1::1',
    '2001::1',
    '2001:db8::1',
    '2002:7f00:1::',
    'ff02::1',
    'localhost',
    '',
    '127.1',
    '0x7f000001',
  ])
    assert.equal(forbiddenAddress(address), true, address)
})

test('public addresses are not', () => {
  for (const address of [
    '8.8.8.8',
    '54.172.60.0',
    '172.15.255.255',
    '172.32.0.1',
    '100.63.0.1',
    '2600:1f18::1',
    '2a00:1450::1',
  ])
    assert.equal(forbiddenAddress(address), false, address)
})
