import assert from 'node:assert/strict'
import { test } from 'node:test'
import { addressesOf, type Person, speakerOf } from './speaker.ts'

const [withNine, withoutNine, userId] = ['+5511987654321', '+551187654321', 'BR.13491208655302741918']

test('which addresses a channel takes', () => {
  assert.deepEqual(addressesOf('sms', { from: '+12065550100' }), ['+12065550100'])
  assert.deepEqual(addressesOf('sms', { from: '729725' }), [], 'a short code cannot be answered')
  assert.deepEqual(addressesOf('sms', { from: userId }), [])
  assert.deepEqual(addressesOf('wa', { from: userId }), [userId])
  assert.deepEqual(addressesOf('wa', { from: withoutNine, alsoKnownAs: [userId, 'junk', withoutNine] }), [
    withoutNine,
    userId,
  ])
  assert.deepEqual(addressesOf('inapp', { from: 'ada@brand' }), ['ada@brand'])
})

const stranger = (address: string): [string, Person] => [address, { address, alsoKnownAs: [] }]
const cases: readonly (readonly [string, readonly string[], [string, Person][], Person | null])[] = [
  ['nobody', [], [], null],
  ['a stranger', [withNine], [stranger(withNine)], { address: withNine, alsoKnownAs: [] }],
  [
    'somebody whom we wrote to under another number',
    [withoutNine],
    [[withoutNine, { address: withNine, alsoKnownAs: [withoutNine] }]],
    { address: withNine, alsoKnownAs: [withoutNine] },
  ],
  [
    'a user id, with a number beside it',
    [userId, withNine],
    [stranger(userId), stranger(withNine)],
    { address: withNine, alsoKnownAs: [userId] },
  ],
  [
    'a new user id beside a known number',
    [withNine, userId],
    [[withNine, { address: withNine, alsoKnownAs: [withoutNine] }], stranger(userId)],
    { address: withNine, alsoKnownAs: [userId, withoutNine] },
  ],
  [
    'a known user id beside a new form of the number',
    [withoutNine, userId],
    [stranger(withoutNine), [userId, { address: withNine, alsoKnownAs: [userId] }]],
    { address: withNine, alsoKnownAs: [withoutNine, userId] },
  ],
]
for (const [what, addresses, people, expected] of cases)
  test(`who speaks: ${what}`, () => assert.deepEqual(speakerOf(addresses, new Map(people)), expected))
