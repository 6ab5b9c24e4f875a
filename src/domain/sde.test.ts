import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseSdes } from './sde.ts'

const ctmrinfo = {
  ctype: 'gold',
  cstatus: 'active',
  balance: -3.5,
  currency: 'GBP',
  customerId: 'C-9',
  socialId: 's',
  imei: '1',
  userName: 'ada',
  companySize: 500,
  companyBranch: 'home',
  accountName: 'Acme',
  role: 'broker',
  lastPaymentDate: { year: 2014, month: 10, day: 15 },
  registrationDate: { year: 2013, month: 5, day: 23 },
  loginStatus: 1,
  storeZipCode: '20505',
  storeNumber: '123865',
}
const personal = {
  firstname: 'Ada',
  lastname: 'L',
  age: { age: 34, year: 1980, month: 4, day: 15 },
  contacts: [{ email: 'a@b.example', phone: '1', phoneType: 'MOBILE', address: { country: 'GB', region: 'London' } }],
  gender: 'FEMALE',
  language: 'en-GB',
  company: 'Acme',
}

test('every field of both types is kept', () => {
  assert.deepEqual(
    parseSdes([
      { type: 'ctmrinfo', info: ctmrinfo },
      { type: 'personal', personal },
    ]),
    { sdes: { ctmrinfo, personal }, faults: [] },
  )
})

const kept: [string, unknown, unknown][] = [
  ['none', undefined, null],
  ['an empty list', [], null],
  ['personal under info', [{ type: 'personal', info: personal }], { ctmrinfo: null, personal }],
  [
    'personal under both: `personal` wins',
    [{ type: 'personal', personal: { firstname: 'B' }, info: { firstname: 'A', lastname: 'C' } }],
    { ctmrinfo: null, personal: { firstname: 'B', lastname: 'C' } },
  ],
  [
    'several of one type: merged, the later one wins',
    [
      { type: 'ctmrinfo', info: { ctype: 'a', role: 'b' } },
      { type: 'ctmrinfo', info: { ctype: 'c' } },
    ],
    { ctmrinfo: { ctype: 'c', role: 'b' }, personal: null },
  ],
  ['no fields', [{ type: 'ctmrinfo' }], { ctmrinfo: {}, personal: null }],
  [
    'unknown fields',
    [{ type: 'ctmrinfo', info: { ctype: 'a', password: 'x', deep: [[[]]] }, more: 1 }],
    { ctmrinfo: { ctype: 'a' }, personal: null },
  ],
  [
    'gender as a number',
    [{ type: 'personal', info: { gender: 1 } }],
    { ctmrinfo: null, personal: { gender: 'FEMALE' } },
  ],
  [
    'gender in small letters',
    [{ type: 'personal', info: { gender: 'male' } }],
    { ctmrinfo: null, personal: { gender: 'MALE' } },
  ],
  [
    'inherited names are no fields',
    [{ type: 'ctmrinfo', info: JSON.parse('{"__proto__": {"ctype": "x"}}') }],
    { ctmrinfo: {}, personal: null },
  ],
]
for (const [name, raw, sdes] of kept) {
  test(`kept: ${name}`, () => assert.deepEqual(parseSdes(raw), { sdes, faults: [] }))
}

const info = (fields: object) => [{ type: 'ctmrinfo', info: fields }]
const person = (fields: object) => [{ type: 'personal', personal: fields }]
const refused: [unknown, string][] = [
  [null, 'sdes must be an array'],
  [{}, 'sdes must be an array'],
  [[null], 'sdes[0] must be an object'],
  [['ctmrinfo'], 'sdes[0] must be an object'],
  [[{ type: 'marketingCampaignInfo' }], 'sdes[0].type must be ctmrinfo or personal'],
  [[{ info: {} }], 'sdes[0].type must be ctmrinfo or personal'],
  [[{ type: 'ctmrinfo', info: [] }], 'sdes[0].info must be an object'],
  [[{ type: 'ctmrinfo', info: null }], 'sdes[0].info must be an object'],
  [info({ balance: '3' }), 'sdes[0].info.balance must be a number'],
  [info({ balance: Number.POSITIVE_INFINITY }), 'sdes[0].info.balance must be a number'],
  [info({ companySize: 1.5 }), 'sdes[0].info.companySize must be a whole number'],
  [info({ companySize: 2 ** 53 }), 'sdes[0].info.companySize must be a whole number'],
  [info({ ctype: null }), 'sdes[0].info.ctype must be a string'],
  [info({ ctype: 'a\0b' }), 'sdes[0].info.ctype must be text without NUL and broken characters'],
  [info({ ctype: '\ud800' }), 'sdes[0].info.ctype must be text without NUL and broken characters'],
  [info({ ctype: 'x'.repeat(50_001) }), 'sdes[0].info.ctype must be at most 50000 characters long'],
  [info({ lastPaymentDate: { year: '2014' } }), 'sdes[0].info.lastPaymentDate.year must be a whole number'],
  [info({ lastPaymentDate: '2014-10-15' }), 'sdes[0].info.lastPaymentDate must be an object'],
  [person({ contacts: {} }), 'sdes[0].personal.contacts must be an array'],
  [
    person({ contacts: [{ address: { country: 1 } }] }),
    'sdes[0].personal.contacts[0].address.country must be a string',
  ],
  [
    person({ contacts: [{ phoneType: 'CAR' }] }),
    'sdes[0].personal.contacts[0].phoneType must be one of HOME, MOBILE, WORK, FAX, MAIN, HOME_FAX, WORK_FAX, PAGER, OTHER',
  ],
  [person({ gender: 3 }), 'sdes[0].personal.gender must be one of MALE, FEMALE, OTHER, 0, 1, 2'],
  [person({ gender: '1' }), 'sdes[0].personal.gender must be one of MALE, FEMALE, OTHER, 0, 1, 2'],
]
for (const [raw, fault] of refused) {
  test(`refused: ${fault}`, () => assert.deepEqual(parseSdes(raw), { sdes: null, faults: [fault] }))
}

test('every fault is named', () => {
  const { faults } = parseSdes([{ type: 'x' }, { type: 'personal', info: { firstname: 1, company: 2 } }])
  assert.deepEqual(faults, [
    'sdes[0].type must be ctmrinfo or personal',
    'sdes[1].info.firstname must be a string',
    'sdes[1].info.company must be a string',
  ])
})
