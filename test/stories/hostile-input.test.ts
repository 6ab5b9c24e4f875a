import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { appJwt, callIvr, eligibilityBody } from '../ivr-client.ts'
import { rawHttp } from '../raw-http.ts'
import { type TestBrand, testBrand } from '../test-brand.ts'
import { type TestServer, testServer } from '../test-server.ts'

/** Hostile input at the IVR's doors, rows IN-01 to IN-29: refused with 4xx in the contract's own words, never a 5xx, never a hang. */

let server: TestServer
let brand: TestBrand
let authorization: string
before(async () => {
  server = await testServer()
  brand = await testBrand(server, { settings: { rateLimit: 100_000 } })
  authorization = `Bearer ${await appJwt(server, brand)}`
})
after(() => server.close())

const ask = (
  request: NonNullable<Parameters<typeof callIvr>[3]>,
  operation: 'eligibility' | 'invite' = 'eligibility',
) => callIvr(server, brand, operation, { ...request, headers: { authorization, ...request.headers } })
const good = () => JSON.stringify(eligibilityBody(brand))
/** The good body with more text before its last brace. */
const withField = (text: string) => `${good().slice(0, -1)},${text}}`
const head = () =>
  `Host: x\r\nConnection: close\r\nAuthorization: ${authorization}\r\nContent-Type: application/json\r\n`
const target = () => `/api/account/${brand.accountId}/eligibility?v=2.0`

const bytes = (text: string, encoding: BufferEncoding = 'utf8') => new Uint8Array(Buffer.from(text, encoding))

test('bodies that are no strict JSON: 400/1000', { timeout: 60_000 }, async () => {
  const nested = (depth: number) => withField(`"x":${'['.repeat(depth)}${']'.repeat(depth)}`)
  const bodies: Record<string, string | Uint8Array<ArrayBuffer>> = {
    'IN-01 empty': '',
    'IN-01 blank': '  ',
    'IN-01 truncated': good().slice(0, -1),
    'IN-01 BOM': bytes(`\ufeff${good()}`),
    'IN-01 trailing junk': `${good()}x`,
    'IN-01 two values': `${good()}${good()}`,
    'IN-01 NaN': withField('"x":NaN'),
    'IN-01 comment': `${good()}//`,
    'IN-01 single quotes': good().replaceAll('"', "'"),
    'IN-01 UTF-16': bytes(good(), 'utf16le'),
    'IN-01 broken UTF-8': new Uint8Array([...bytes(good().slice(0, -2)), 0xff, 0x22, 0x7d]),
    'IN-03 depth 33': nested(32),
    'IN-03 depth 5,000': nested(5_000),
    'IN-03 depth 30,000': nested(30_000),
    'IN-03 depth 30,000, open': `${'{"a":'.repeat(10_000)}1`,
    'IN-04 __proto__': withField('"__proto__":{"skill":"x"}'),
    'IN-04 __proto__, escaped': withField('"\\u005f_proto__":{}'),
    'IN-04 constructor': withField('"constructor":{"prototype":{"x":1}}'),
    'IN-04 deep': withField('"sdes":[{"type":"personal","personal":{"__proto__":{}}}]'),
    'IN-06 NUL': withField('"ivrNumber":"a\\u0000b"'),
    'IN-06 NUL in a name': withField('"a\\u0000":1'),
    'IN-06 NUL in an unknown field': withField('"x":["\\u0000"]'),
    'IN-07 lone surrogate': withField('"ivrNumber":"\\ud800"'),
    'IN-07 lone low surrogate in a name': withField('"\\udc00":1'),
    'IN-08 1e400': withField('"x":1e400'),
    'IN-08 -1e400': withField('"x":-1e400'),
    'IN-08 1e130000': withField('"x":1e130000'),
    'IN-08 2^53+1': withField('"x":9007199254740993'),
    'IN-09 null': 'null',
    'IN-09 a list': '[]',
    'IN-09 a text': '"x"',
    'IN-09 a number': '1',
    'IN-10 no field': '{}',
  }
  for (const name of ['skill', 'consumerPhoneNumber', 'handoffId', 'ivrNumber', 'consumerId']) {
    for (const value of [null, true, 12065550100, ['+12065550100'], { $ne: '' }]) {
      bodies[`IN-09 ${name} ${JSON.stringify(value)}`] = JSON.stringify({ ...eligibilityBody(brand), [name]: value })
    }
  }
  for (const name of ['skill', 'consumerPhoneNumber', 'handoffId']) {
    bodies[`${name} missing`] = JSON.stringify({ ...eligibilityBody(brand), [name]: undefined })
  }
  for (const [name, most] of [
    ['skill', 255],
    ['handoffId', 16],
    ['ivrNumber', 32],
    ['consumerId', 255],
  ] as const) {
    bodies[`${name} too long`] = JSON.stringify({ ...eligibilityBody(brand), [name]: 'x'.repeat(most + 1) })
  }
  for (const value of [[], 'x', 1, null, { '1': 2 }, { '1': null }, { headerVariables: [] }, { '1': { a: 'b' } }]) {
    bodies[`templateVariables ${JSON.stringify(value)}`] = withField(`"templateVariables":${JSON.stringify(value)}`)
  }
  for (const value of [{}, 'x', 1, null, [null], [1], [{ type: 'ctmrinfo', info: [] }], [{ type: 'other' }]]) {
    bodies[`sdes ${JSON.stringify(value)}`] = withField(`"sdes":${JSON.stringify(value)}`)
  }
  for (const [name, text] of Object.entries(bodies)) {
    const answer = await ask({ text })
    assert.deepEqual([answer.status, answer.body.errorCode], [400, 1000], name)
    assert.equal(answer.body.errorMessage, 'Invalid request', name)
  }
})

test('bodies of an invite that are wrong: 400/1000', async () => {
  const callId = '00000000-0000-4000-8000-000000000000'
  for (const body of [
    {},
    { callId: null },
    { callId: 7 },
    { callId: [callId] },
    { callId: '' },
    { callId: `${callId} ` },
    { callId: `{${callId}}` },
    { callId: callId.replaceAll('-', '') },
    { callId: 'x'.repeat(20_000) },
    { callId: `'; drop table calls; --` },
    { callId, overrideChannel: 1 },
    { callId, overrideMessage: '' },
    { callId, overrideMessage: 'x'.repeat(1_601) },
    { callId, overrideMessage: ['x'] },
    { callId, overrideMessage: '\0' },
    { callId, overrideSkill: 'x'.repeat(256) },
    { callId, overrideSkill: null },
  ]) {
    const answer = await ask({ body }, 'invite')
    assert.deepEqual([answer.status, answer.body.errorCode], [400, 1000], JSON.stringify(body).slice(0, 80))
  }
})

test('a body that is too large: 413/1000, however it comes (IN-02)', { timeout: 30_000 }, async () => {
  const fill = (length: number) => withField(`"x":"${'a'.repeat(length - good().length - 7)}"`)
  assert.equal(fill(65_536).length, 65_536)
  assert.equal((await ask({ text: fill(65_536) })).status, 200)
  const over = await ask({ text: fill(65_537) })
  assert.deepEqual([over.status, over.body.errorCode], [413, 1000])
  const bomb = await ask({ text: 'x'.repeat(2_000_000) })
  assert.deepEqual([bomb.status, bomb.body.errorCode], [413, 1000])

  const chunk = `4000\r\n${'a'.repeat(0x4000)}\r\n`
  const chunked = await rawHttp(
    server,
    `POST ${target()} HTTP/1.1\r\n${head()}Transfer-Encoding: chunked\r\n\r\n`,
    ...Array.from({ length: 40 }, () => chunk),
  )
  assert.ok(chunked.status === 413 || chunked.status === 0, String(chunked.status))
  const lying = await rawHttp(server, `POST ${target()} HTTP/1.1\r\n${head()}Content-Length: 2\r\n\r\n${good()}`)
  assert.equal(lying.status, 400)
  const expecting = await rawHttp(
    server,
    `POST ${target()} HTTP/1.1\r\n${head()}Content-Length: 9999999\r\nExpect: 100-continue\r\n\r\n`,
  )
  assert.match(expecting.head + expecting.body, /413/)
})

test('media types: only JSON in UTF-8, not compressed (IN-11, IN-12)', async () => {
  for (const type of [
    'application/json',
    'Application/JSON',
    'application/json; charset=utf-8',
    'application/json;charset=UTF-8',
    'application/json; charset="utf-8"',
  ]) {
    assert.equal((await ask({ text: good(), headers: { 'content-type': type } })).status, 200, type)
  }
  for (const type of [
    'text/plain',
    'application/xml',
    'application/x-www-form-urlencoded',
    'application/json\t;charset=utf-8',
    'application/json;',
    'application/json; charset=utf-16',
    'application/json; charset=latin1',
    'application/json; boundary=x',
    'application/json, text/plain',
    'text/plain; a=application/json',
    'application/json+x',
    'application/vnd.api+json',
    'json',
    'application/',
    '*/*',
  ]) {
    const answer = await ask({ text: good(), headers: { 'content-type': type } })
    assert.deepEqual([answer.status, answer.body.errorCode], [415, 1015], type)
  }
  const none = await rawHttp(
    server,
    `POST ${target()} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: ${authorization}\r\nContent-Length: 2\r\n\r\n{}`,
  )
  assert.equal(none.status, 415)
  const zipped = new Uint8Array(gzipSync(' '.repeat(5_000_000)))
  for (const encoding of ['gzip', 'deflate', 'br', 'gzip, gzip', 'x']) {
    const answer = await ask({ text: zipped, headers: { 'content-encoding': encoding } })
    assert.deepEqual([answer.status, answer.body.errorCode], [415, 1015], encoding)
  }
})

test('broken HTTP: refused and cut, as JSON, repeating nothing (IN-13, IN-14)', { timeout: 30_000 }, async () => {
  const begin = `POST ${target()} HTTP/1.1\r\n`
  const requests: Record<string, [string, number]> = {
    'CL and TE': [`${begin}${head()}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`, 400],
    'two CL': [`${begin}${head()}Content-Length: 5\r\nContent-Length: 6\r\n\r\n{}    `, 400],
    'TE xchunked': [`${begin}${head()}Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n`, 400],
    'no Host': [`${begin}Connection: close\r\n\r\n`, 400],
    'obsolete folding': [`${begin}${head()}X-Canary: a\r\n b\r\n\r\n`, 400],
    'bare LF': [`${begin}${head()}\r\n`.replaceAll('\r\n', '\n'), 400],
    'space before the colon': [`${begin}${head()}X-Canary : a\r\n\r\n`, 400],
    'NUL in a header': [`${begin}${head()}X-Canary: \0\r\n\r\n`, 400],
    'TLS at the plain port': ['\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03', 400],
    'HTTP/2 preface': ['PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 400],
    'unknown method': [`CANARY ${target()} HTTP/1.1\r\n${head()}\r\n`, 400],
    'header of 20 kB': [`${begin}${head()}X-Canary: ${'a'.repeat(20_000)}\r\n\r\n`, 431],
    '2,000 headers': [`${begin}${head()}${'X-Canary: b\r\n'.repeat(2_000)}\r\n`, 431],
    '300 headers': [`${begin}${head()}${'X-Canary: b\r\n'.repeat(300)}\r\n`, 431],
    'target of 20 kB': [`POST /${'canary'.repeat(3_400)} HTTP/1.1\r\n${head()}\r\n`, 431],
  }
  for (const [name, [request, status]] of Object.entries(requests)) {
    const answer = await rawHttp(server, Buffer.from(request, 'latin1'))
    assert.equal(answer.status, status, name)
    assert.equal(/canary/i.test(answer.head + answer.body), false, name)
    if (name !== 'no Host') assert.equal(JSON.parse(answer.body).errorCode, 1000, name)
  }
  assert.equal((await ask({ text: good() })).status, 200)
})

test('methods: 405 with Allow, and no header changes the method (IN-16)', async () => {
  for (const method of ['GET', 'HEAD', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'PROPFIND', 'QUERY', 'LINK']) {
    for (const body of ['', 'Content-Length: 1\r\n']) {
      const text = `${method} ${target()} HTTP/1.1\r\n${head()}${body}\r\n${body === '' ? '' : '{'}`
      const answer = await rawHttp(server, text)
      assert.equal(answer.status, 405, method)
      assert.match(answer.head, /\r\nallow: POST\r\n/i, method)
      assert.equal(answer.body.includes(brand.accountId), false, method)
    }
  }
  const override = { 'x-http-method-override': 'GET', 'x-method-override': 'DELETE', 'x-http-method': 'PUT' }
  assert.equal((await ask({ text: good(), headers: override })).status, 200)
})

test('paths: an id is digits, and nothing else finds the door (IN-17)', async () => {
  const { accountId } = brand
  const paths: Record<string, number> = {
    [`//api/account/${accountId}/eligibility`]: 404,
    [`/api//account/${accountId}/eligibility`]: 404,
    [`/api/account/${accountId}/eligibility/`]: 404,
    [`/api/account/${accountId}//eligibility`]: 404,
    [`/API/account/${accountId}/eligibility`]: 404,
    [`/api/account/${accountId};p=1/eligibility`]: 404,
    [`/api/account/${accountId}/eligibility;p=1`]: 404,
    [`/api/account/..%2f${accountId}/eligibility`]: 404,
    [`/api/account/%2e%2e/${accountId}/eligibility`]: 404,
    [`/api/account/x/../${accountId}/eligibility`]: 404,
    [`/api/account/${accountId}%00/eligibility`]: 404,
    [`/api/account/${accountId}%0d%0a/eligibility`]: 404,
    [`/api/account/ ${accountId}/eligibility`]: 400,
    [`/api/account/%20${accountId}/eligibility`]: 404,
    '/api/account/%c0%af/eligibility': 400,
    '/api/account/%/eligibility': 400,
    '/api/account/%zz/eligibility': 400,
    '/api/account//eligibility': 404,
    '/api/account/-1/eligibility': 404,
    '/api/account/1e9/eligibility': 404,
    '/api/account/٣/eligibility': 400,
    '/api/account/%D9%A3/eligibility': 404,
    [`/api/account/${'1'.repeat(21)}/eligibility`]: 404,
    [`/api/account/${'1'.repeat(101)}/eligibility`]: 404,
    [`/api/account/${accountId}' or '1'='1/eligibility`.replaceAll(' ', '%20')]: 404,
    [`/api/account/${accountId}/eligibility#?v=2.0`]: 400,
    '/api/account': 404,
    '/api/account/': 404,
  }
  for (const [path, status] of Object.entries(paths)) {
    const query = path.includes('?') ? '' : '?v=2.0'
    const text = `POST ${path}${query} HTTP/1.1\r\n${head()}Content-Length: ${good().length}\r\n\r\n${good()}`
    const answer = await rawHttp(server, Buffer.from(text, path.includes('٣') ? 'utf8' : 'latin1'))
    assert.equal(answer.status, status, path)
  }
  const absolute = `POST http://evil.example${target()} HTTP/1.1\r\n${head()}Content-Length: ${good().length}\r\n\r\n${good()}`
  assert.equal((await rawHttp(server, absolute)).status, 200, 'the routed path decides, as for any other form')
})

test('queries: at most 50 parameters, well-formed; unknown ones are ignored (IN-18)', async () => {
  const queries: Record<string, [number, number?]> = {
    'v=2.0&x=1&x=2': [200],
    'v=2.0&constructor=x&toString=y': [200],
    'v=2%2e0': [200],
    'v=2.0&v=2.0': [400, 1002],
    'v=2.0&v=1.0': [400, 1002],
    'v[]=2.0': [400, 1002],
    'v=2.0%20': [400, 1002],
    'v=2.0&explain=yes': [400, 1000],
    'v=2.0&explain=true&explain=true': [400, 1000],
    'v=2.0&__proto__=x': [400, 1000],
    'v=2.0&%5f_proto__=x': [400, 1000],
    'v=2.0&x=%00': [400, 1000],
    'v=2.0&x=%': [400, 1000],
    'v=2.0&x=%c0%af': [400, 1000],
    [`v=2.0${'&a=1'.repeat(49)}`]: [200],
    [`v=2.0${'&a=1'.repeat(50)}`]: [400, 1000],
    [`v=2.0${'&a=1'.repeat(3_000)}`]: [400, 1000],
    [`v=2.0${'&'.repeat(12_000)}`]: [400, 1000],
  }
  for (const [query, [status, errorCode]] of Object.entries(queries)) {
    const answer = await ask({ text: good(), query })
    assert.deepEqual([answer.status, answer.body.errorCode], [status, errorCode], query.slice(0, 60))
  }
})

test('unknown fields are ignored and never mixed with ours; of a name given twice the last one counts (IN-05, IN-10)', async () => {
  const extra = { explain: true, elapsedMs: 1e6, accountId: '1', callId: 'x', eligible: true, role: 'administrator' }
  const answer = await ask({ body: { ...eligibilityBody(brand), ...extra } })
  assert.equal(answer.status, 200)
  assert.deepEqual(Object.keys(answer.body), ['availableChannels', 'recommendedChannelName', 'eligible', 'callId'])
  assert.notEqual(answer.body.callId, 'x')
  assert.equal((await ask({ text: withField('"skill":"nobody"') })).body.errorCode, 1300)
  assert.equal((await ask({ text: `{"skill":"nobody",${good().slice(1)}` })).status, 200)
})

test('code of other languages in every text is only text (IN-21, IN-26)', async () => {
  for (const text of [
    `'; drop table calls; --`,
    '" or ""="',
    '%_\\',
    '$1 $& {{constructor}} #{7*7}',
    '<script>alert(1)</script>',
    'a\r\nSet-Cookie: x=1',
    '\u001b[31mred',
    '\u202egnp.exe',
    '=cmd|calc',
  ]) {
    const skill = await ask({ body: { ...eligibilityBody(brand), skill: text } })
    assert.deepEqual([skill.status, skill.body.errorCode], [400, 1300], text)
    const phone = await ask({ body: { ...eligibilityBody(brand), consumerPhoneNumber: text } })
    assert.deepEqual([phone.status, phone.body.errorCode], [400, 1001], text)
    const ivrNumber = text.slice(0, 32)
    const kept = await ask({ body: { ...eligibilityBody(brand), ivrNumber } })
    assert.equal(kept.status, 200, text)
    const [row] = await server.deps.db`select ivr_number from calls where call_id = ${kept.body.callId as string}`
    assert.equal(row?.ivr_number, ivrNumber)
  }
})

test('nothing of all this was a fault of ours', () => {
  assert.deepEqual(
    server.logged.filter((line) => line.includes('request failed') || /"status":5/.test(line)),
    [],
  )
})
