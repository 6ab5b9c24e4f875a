import assert from 'node:assert/strict'
import { createHash, createHmac } from 'node:crypto'
import { test } from 'node:test'
import { oauthHeader } from '../../../test/ivr-client.ts'
import type { ApiKey } from '../../domain/account.ts'
import { type SignedRequest, verifyOauth1 } from './oauth1.ts'
import { oauth1BaseString } from './oauth1-base-string.ts'
import { parseOauth1Header } from './oauth1-header.ts'
import { formDecode, percentEncode } from './percent-encoding.ts'

const apiKey = {
  appKey: 'a'.repeat(32),
  secret: 'b&c/ü',
  accessToken: 'd'.repeat(32),
  accessTokenSecret: 'e+f=',
}
const key: ApiKey = { ...apiKey, title: 'IVR', privileges: ['ivr.engagement'], enabled: true }
const publicUrl = 'https://c2m.example.com'
const target = '/api/account/12345678/eligibility?v=2.0'
const now = new Date('2026-11-22T12:00:00Z')
const stamp = now.getTime() / 1000

const sign = (options: Parameters<typeof oauthHeader>[2] = {}, url = publicUrl + target) =>
  oauthHeader({ apiKey }, url, { timestamp: stamp, nonce: 'n0nce', ...options })
const request = (header: string, change: Partial<SignedRequest> = {}): SignedRequest => ({
  method: 'POST',
  publicUrl,
  target,
  parameters: parseOauth1Header(header) ?? new Map(),
  ...change,
})
const fault = (header: string, change: Partial<SignedRequest> = {}, as: ApiKey | undefined = key) =>
  verifyOauth1(request(header, change), as, now)
/** Null for every fault. */
const goodOnly = (verified: ReturnType<typeof verifyOauth1>) => (typeof verified === 'string' ? null : verified)
const verify = (header: string, change: Partial<SignedRequest> = {}, at = now, as: ApiKey | undefined = key) =>
  goodOnly(verifyOauth1(request(header, change), as, at))

test('the base string of RFC 5849 section 3.4.1.1', () => {
  const header = parseOauth1Header(
    'OAuth realm="Example", oauth_consumer_key="9djdj82h48djs9d2", oauth_token="kkk9d7dh3k39sjv7", oauth_signature_method="HMAC-SHA1", oauth_timestamp="137131201", oauth_nonce="7d8f3e4a", oauth_signature="bYT5CMsGcbgUdFHObYMEfcx6bsw%3D"',
  )
  const parameters = [
    ...[...header!].filter(([name]) => name !== 'realm' && name !== 'oauth_signature'),
    ...formDecode('b5=%3D%253D&a3=a&c%40=&a2=r%20b')!,
    ...formDecode('c2&a3=2+q')!,
  ]
  assert.equal(
    oauth1BaseString('POST', 'http://example.com/request', parameters),
    'POST&http%3A%2F%2Fexample.com%2Frequest&a2%3Dr%2520b%26a3%3D2%2520q%26a3%3Da%26b5%3D%253D%25253D%26c%2540%3D%26c2%3D%26oauth_consumer_key%3D9djdj82h48djs9d2%26oauth_nonce%3D7d8f3e4a%26oauth_signature_method%3DHMAC-SHA1%26oauth_timestamp%3D137131201%26oauth_token%3Dkkk9d7dh3k39sjv7',
  )
})

test('the parameters of RFC 5849 section 3.4.1.3.1', () => {
  assert.deepEqual(formDecode('b5=%3D%253D&a3=a&c%40=&a2=r%20b&c2&a3=2+q'), [
    ['b5', '=%3D'],
    ['a3', 'a'],
    ['c@', ''],
    ['a2', 'r b'],
    ['c2', ''],
    ['a3', '2 q'],
  ])
  assert.equal(formDecode('a=%zz'), null)
})

test('the signature of RFC 5849 section 1.2', () => {
  const parameters = parseOauth1Header(
    'OAuth realm="Photos", oauth_consumer_key="dpf43f3p2l4k3l03", oauth_token="nnch734d00sl2jdk", oauth_signature_method="HMAC-SHA1", oauth_timestamp="137131202", oauth_nonce="chapoH", oauth_signature="MdpQcU8iPSUjWoN%2FUDMsK2sui9I%3D"',
  )!
  const photos: ApiKey = {
    ...key,
    secret: 'kd94hf93k423kf44',
    accessToken: 'nnch734d00sl2jdk',
    accessTokenSecret: 'pfkkdhi9sl3r4s00',
  }
  const verified = goodOnly(
    verifyOauth1(
      {
        method: 'GET',
        publicUrl: 'http://photos.example.net',
        target: '/photos?file=vacation.jpg&size=original',
        parameters,
      },
      photos,
      new Date(137_131_202_000),
    ),
  )
  assert.equal(verified?.nonce, 'chapoH')
})

test('percent encoding of RFC 5849 section 3.6', () => {
  assert.equal(percentEncode("-._~ !'()*&=+/ü€"), '-._~%20%21%27%28%29%2A%26%3D%2B%2F%C3%BC%E2%82%AC')
})

test('a header of the npm client is good, with either hash', () => {
  for (const hash of ['sha1', 'sha256'] as const) {
    const verified = verify(sign({ hash }))
    assert.deepEqual([verified?.stamp, verified?.nonce, verified?.bodyMatches], [stamp, 'n0nce', null])
  }
})

test('another encoding of the same header is good', () => {
  const header = sign()
  const lower = header.replace(/%[0-9A-F]{2}/g, (octet) => octet.toLowerCase())
  assert.notEqual(lower, header)
  assert.ok(verify(lower))
  assert.ok(verify(header.replace('OAuth ', 'oauth   ').replaceAll(', ', ' ,\t')))
  assert.ok(verify(header.replace('OAuth ', 'OAuth realm="any thing", ')))
})

test('the query is covered in any order, with duplicates and either encoding', () => {
  const signedFor = sign({}, `${publicUrl}/p?v=2.0&a=2&a=1&b=x%20y`)
  assert.ok(verify(signedFor, { target: '/p?b=x+y&a=1&v=2%2e0&a=2' }))
  for (const other of ['/p?v=2.0&a=2&b=x%20y', '/p?v=2.0&a=2&a=2&b=x%20y', '/p?v=2.0&a=2&a=1&b=x%2520y', '/p']) {
    assert.equal(verify(signedFor, { target: other }), null, other)
  }
})

test('whatever the signature covers cannot be changed', () => {
  const header = sign()
  const changes: Partial<SignedRequest>[] = [
    { method: 'PUT' },
    { publicUrl: 'https://other.example.com' },
    { publicUrl: 'http://c2m.example.com' },
    { publicUrl: 'https://c2m.example.com:8443' },
    { target: target.replace('eligibility', 'invite') },
    { target: target.replace('12345678', '12345679') },
    { target: target.replace('2.0', '2.1') },
    { target: `${target}&x=1` },
    { target: target.replace('/eligibility', '%2Feligibility') },
    { target: publicUrl + target },
  ]
  for (const change of changes) assert.equal(verify(header, change), null, JSON.stringify(change))
})

test('no parameter of the header can be changed, left out or doubled', () => {
  const header = sign()
  for (const name of ['consumer_key', 'nonce', 'signature', 'signature_method', 'timestamp', 'token', 'version']) {
    const one = new RegExp(`oauth_${name}="([^"]*)"(, )?`)
    const [whole, value] = one.exec(header) as unknown as [string, string]
    const changed = value.replace(/[0-9A-Za-z]/, (first) => (first === '1' ? '2' : '1'))
    assert.equal(verify(header.replace(value, changed)), null, `${name} changed`)
    assert.equal(verify(header.replace(one, '')), null, `${name} left out`)
    assert.equal(parseOauth1Header(`${header}, ${whole.replace(', ', '')}`), null, `${name} doubled`)
  }
  assert.equal(verify(`${header}, x="1"`), null)
})

test('the timestamp may differ by 300 seconds and no more', () => {
  for (const [difference, good] of [
    [0, true],
    [300, true],
    [-300, true],
    [301, false],
    [-301, false],
  ] as const) {
    assert.equal(verify(sign({ timestamp: stamp + difference })) !== null, good, String(difference))
  }
  for (const timestamp of [
    '-1',
    `${stamp}.5`,
    '1000000000000',
    `+${stamp}`,
    `0x${stamp.toString(16)}`,
    '',
    ' ',
    'NaN',
  ]) {
    assert.equal(verify(sign({ timestamp })), null, timestamp)
  }
})

test('nonces are short and printable', () => {
  for (const nonce of ['', 'a'.repeat(129), 'a\0b', 'ü', 'a b', 'a\nb']) {
    assert.equal(verify(sign({ nonce })), null, JSON.stringify(nonce))
  }
  assert.ok(verify(sign({ nonce: 'a'.repeat(128) })))
})

test('other signature methods are refused', () => {
  for (const method of ['PLAINTEXT', 'RSA-SHA1', 'hmac-sha1', 'HMAC-MD5', 'constructor', '__proto__']) {
    const plain = `${percentEncode(apiKey.secret)}&${percentEncode(apiKey.accessTokenSecret)}`
    const header = sign()
      .replace('HMAC-SHA1', method)
      .replace(/oauth_signature="[^"]*"/, `oauth_signature="${percentEncode(plain)}"`)
    assert.equal(verify(header), null, method)
  }
})

test('a header signed without the token is refused', () => {
  const text = (parameters: [string, string][]) =>
    oauth1BaseString('POST', `${publicUrl}${target.split('?')[0]}`, parameters)
  const parameters: [string, string][] = [
    ['oauth_consumer_key', apiKey.appKey],
    ['oauth_nonce', 'n0nce'],
    ['oauth_signature_method', 'HMAC-SHA1'],
    ['oauth_timestamp', String(stamp)],
  ]
  for (const secret of ['', apiKey.accessTokenSecret]) {
    const signature = createHmac('sha1', `${percentEncode(apiKey.secret)}&${percentEncode(secret)}`)
      .update(text([...parameters, ['v', '2.0']]))
      .digest('base64')
    const header = [...parameters, ['oauth_signature', signature] as const]
      .map(([name, value]) => `${name}="${percentEncode(value)}"`)
      .join(', ')
    assert.equal(verify(`OAuth ${header}`), null)
  }
})

test('an unknown, disabled or different key is refused', () => {
  assert.equal(verifyOauth1(request(sign()), undefined, now), 'unknown-key')
  assert.equal(fault(sign(), {}, { ...key, enabled: false }), 'disabled')
  assert.equal(fault(sign(), {}, { ...key, secret: 'other' }), 'signature')
  assert.equal(fault(sign(), {}, { ...key, accessToken: 'other' }), 'access-token')
})

test('each fault has its word for the log', () => {
  assert.equal(fault('OAuth realm="x"'), 'malformed')
  assert.equal(fault(sign({ timestamp: stamp - 301 })), 'timestamp')
  assert.equal(fault(sign({ nonce: 'a b' })), 'malformed')
  assert.equal(fault(sign().replace('HMAC-SHA1', 'PLAINTEXT')), 'signature-method')
  assert.equal(fault(sign({}, publicUrl.replace('https', 'http') + target)), 'signature')
})

test('OAuth parameters in the query are refused even when they are signed', () => {
  const there = `${target}&oauth_version=1.0`
  assert.equal(verify(sign({}, publicUrl + there), { target: there }), null)
})

test('a signed body hash must match: the plain hash of the draft, or the HMAC of the npm client', () => {
  const body = '{"skill":"support"}'
  for (const hash of ['sha1', 'sha256'] as const) {
    const quirk = verify(sign({ hash, body }))!
    assert.equal(quirk.bodyMatches?.(Buffer.from(body)), true)
    assert.equal(quirk.bodyMatches?.(Buffer.from(`${body} `)), false)
    assert.equal(quirk.bodyMatches?.(Buffer.alloc(0)), false)
  }
  const plain = createHash('sha1').update(body).digest('base64')
  const parameters: [string, string][] = [
    ['oauth_body_hash', plain],
    ['oauth_consumer_key', apiKey.appKey],
    ['oauth_nonce', 'n0nce'],
    ['oauth_signature_method', 'HMAC-SHA1'],
    ['oauth_timestamp', String(stamp)],
    ['oauth_token', apiKey.accessToken],
  ]
  const signature = createHmac('sha1', `${percentEncode(apiKey.secret)}&${percentEncode(apiKey.accessTokenSecret)}`)
    .update(oauth1BaseString('POST', `${publicUrl}${target.split('?')[0]}`, [...parameters, ['v', '2.0']]))
    .digest('base64')
  const header = [...parameters, ['oauth_signature', signature] as const]
    .map(([name, value]) => `${name}="${percentEncode(value)}"`)
    .join(', ')
  const drafted = verify(`OAuth ${header}`)!
  assert.equal(drafted.bodyMatches?.(Buffer.from(body)), true)
  assert.equal(drafted.bodyMatches?.(Buffer.from('{}')), false)
})

test('what is no OAuth header is none', () => {
  for (const header of [
    '',
    'OAuth',
    'Bearer abc',
    'Basic YTpi',
    'OAuth x',
    'OAuth a="b',
    'OAuth a=b',
    'OAuth a="%zz"',
    'OAuth a="b" c="d"',
    `OAuth ${Array.from({ length: 21 }, (_, index) => `p${index}="1"`).join(', ')}`,
  ]) {
    assert.equal(parseOauth1Header(header), null, header)
  }
})
