import assert from 'node:assert/strict'
import { lookup } from 'node:dns/promises'
import { stat } from 'node:fs/promises'
import { test } from 'node:test'
import { HashingBusy, hashPassword, passwordMatches } from './passwords.ts'

test('a password matches its own hash only, and the hash names its cost', async () => {
  const stored = await hashPassword('correct horse battery')
  assert.match(stored, /^\$scrypt\$ln=15,r=8,p=3\$[\w-]{22}\$[\w-]{43}$/)
  assert.equal(await passwordMatches('correct horse battery', stored), true)
  assert.equal(await passwordMatches('correct horse batterz', stored), false)
  assert.notEqual(await hashPassword('correct horse battery'), stored)
})

test('a hash of another cost is still read', async () => {
  const { scryptSync, randomBytes } = await import('node:crypto')
  const salt = randomBytes(16)
  const hash = scryptSync('old password', salt, 32, { N: 2 ** 10, r: 8, p: 1 })
  const stored = `$scrypt$ln=10,r=8,p=1$${salt.toString('base64url')}$${hash.toString('base64url')}`
  assert.equal(await passwordMatches('old password', stored), true)
  assert.equal(await passwordMatches('new password', stored), false)
})

test('without a stored hash nothing matches, and the work is done all the same', async () => {
  const before = process.cpuUsage()
  assert.equal(await passwordMatches('whatever it is', null), false)
  const { user, system } = process.cpuUsage(before)
  // 96 MiB of scrypt cannot be had for less; an early return costs microseconds.
  assert.ok(user + system > 20_000, `only ${user + system} us of work`)
})

test('the same password in another Unicode form matches', async () => {
  const stored = await hashPassword('Zürich-Straße'.normalize('NFC'))
  assert.equal(await passwordMatches('Zürich-Straße'.normalize('NFD'), stored), true)
})

test('a text that is no hash is our fault, not a wrong password', async () => {
  await assert.rejects(passwordMatches('x', 'plain'), /not in a form/)
})

test('two are checked at a time, 200 wait, and who comes on top is turned away', async () => {
  const crowd = Promise.allSettled(Array.from({ length: 210 }, () => passwordMatches('x', cheap())))
  const results = await crowd
  const turnedAway = results.filter((r) => r.status === 'rejected' && r.reason instanceof HashingBusy)
  assert.equal(turnedAway.length, 8, '2 run and 200 wait; the other 8 are told to come back')
})

/** A stored hash whose check costs next to nothing. */
function cheap(): string {
  return `$scrypt$ln=1,r=1,p=1$${Buffer.alloc(16).toString('base64url')}$${Buffer.alloc(32).toString('base64url')}`
}

test('while a crowd signs in, look-ups of names and files go on', async () => {
  let checked = 0
  const crowd = Array.from({ length: 8 }, async () => {
    await passwordMatches('x', null)
    checked += 1
  })
  await Promise.all([lookup('localhost'), stat('.')])
  // They share four threads with the checks: had those taken all of them, at least one would be done by now.
  assert.equal(checked, 0)
  await Promise.all(crowd)
  assert.equal(checked, 8)
})
