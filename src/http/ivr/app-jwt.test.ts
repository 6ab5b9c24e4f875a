import assert from 'node:assert/strict'
import { createHmac, createPublicKey, generateKeyPairSync, type KeyObject, randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, test } from 'node:test'
import { createLocalJWKSet, exportJWK, type JWK, jwtVerify, SignJWT } from 'jose'
import { appJwt, callIvr, eligibilityBody, readAnswer } from '../../../test/ivr-client.ts'
import { type TestBrand, testBrand } from '../../../test/test-brand.ts'
import { type TestServer, testServer } from '../../../test/test-server.ts'
import { signingKeys } from '../../store/signing-keys.ts'

let server: TestServer
let brand: TestBrand
let other: TestBrand
let key: { kid: string; privateKey: KeyObject }
let publicJwk: JWK

before(async () => {
  server = await testServer()
  brand = await testBrand(server, { settings: { rateLimit: 10_000 } })
  other = await testBrand(server)
  await appJwt(server, brand)
  const keys = signingKeys(server.deps.db, server.deps.cipher, server.deps.clock)
  key = await keys.current()
  publicJwk = (await keys.jwks())[0]!
})
after(() => server.close())

const now = () => Math.floor(Date.now() / 1000)
const goodClaims = () => ({
  iss: 'Sentinel',
  aud: brand.accountId,
  azp: brand.app.clientId,
  scope: 'ivr.engagement',
  iat: now(),
  exp: now() + 3_600,
})
const sign = (
  claims: Record<string, unknown> = {},
  header: Record<string, unknown> = {},
  as: KeyObject = key.privateKey,
) => {
  const payload = Object.fromEntries(
    Object.entries({ ...goodClaims(), ...claims }).filter(([, value]) => value !== undefined),
  )
  return new SignJWT(payload).setProtectedHeader({ alg: 'RS256', typ: 'JWT', kid: key.kid, ...header }).sign(as)
}
const encode = (part: unknown) => Buffer.from(JSON.stringify(part)).toString('base64url')
const handMade = (header: Record<string, unknown>, signature: string | ((text: string) => string) = '') => {
  const text = `${encode({ typ: 'JWT', kid: key.kid, ...header })}.${encode(goodClaims())}`
  return `${text}.${typeof signature === 'string' ? signature : signature(text)}`
}
const ask = (token: string, accountId = brand.accountId) =>
  callIvr(server, brand, 'eligibility', {
    accountId,
    body: eligibilityBody(brand),
    headers: { authorization: `Bearer ${token}` },
  })

test('a token of the endpoint opens the door, again and again', async () => {
  const token = await appJwt(server, brand)
  for (const _ of [1, 2]) assert.equal((await ask(token)).status, 200)
})

test('the token is what the original documents', async () => {
  const jwks = (await readAnswer(await fetch(`${server.url}/sentinel/well-known/jwks`))).body as unknown as {
    keys: JWK[]
  }
  const { payload, protectedHeader } = await jwtVerify(await appJwt(server, brand), createLocalJWKSet(jwks))
  assert.deepEqual(protectedHeader, { kid: key.kid, typ: 'JWT', alg: 'RS256' })
  assert.equal(payload.iss, 'Sentinel')
  assert.equal(payload.aud, brand.accountId)
  assert.equal(payload.azp, brand.app.clientId)
  assert.equal(payload.scope, 'ivr.engagement reporting handoffs.read consumers.vouch admin')
  assert.equal(payload.exp! - payload.iat!, 3_600)
})

test('variants that the original allows are good', async () => {
  for (const claims of [
    { iss: 'sentinel' },
    { aud: `le${brand.accountId}` },
    { exp: now() - 30, iat: now() - 3_600 },
    { iat: now() + 30, exp: now() + 3_630 },
    { nbf: now() + 30 },
    { additional: { claim: true } },
  ]) {
    assert.equal((await ask(await sign(claims))).status, 200, JSON.stringify(claims))
  }
  assert.equal((await ask(await sign({}, { typ: undefined }))).status, 200)
})

test('every forged, foreign or stale token gets the same 401 (AU-01 to AU-05)', async () => {
  const stranger = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const elliptic = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const spki = createPublicKey({ key: publicJwk, format: 'jwk' }).export({ type: 'spki', format: 'pem' })
  let asked = 0
  const trap = createServer((_request, response) => {
    asked += 1
    response.end(JSON.stringify({ keys: [publicJwk] }))
  }).listen(0, '127.0.0.1')
  await once(trap, 'listening')
  const trapUrl = `http://127.0.0.1:${(trap.address() as AddressInfo).port}/jwks`
  const good = await sign()
  const [head, body, signature] = good.split('.') as [string, string, string]
  const hs256 = (secret: string | Buffer) => (text: string) =>
    createHmac('sha256', secret).update(text).digest('base64url')

  const tokens: Record<string, string> = {
    'alg none': handMade({ alg: 'none' }),
    'alg None with a dot more': `${handMade({ alg: 'None' })}.`,
    'alg nOnE with our signature': handMade({ alg: 'nOnE' }, signature),
    'empty signature': `${head}.${body}.`,
    'stripped signature': `${head}.${body}`,
    'signature of another token': `${head}.${encode({ ...goodClaims(), jti: '1' })}.${signature}`,
    'HS256 with the public PEM': handMade({ alg: 'HS256' }, hs256(spki)),
    'HS256 with the modulus': handMade({ alg: 'HS256' }, hs256(Buffer.from(publicJwk.n!, 'base64url'))),
    'ES256 with r = s = 0': handMade({ alg: 'ES256' }, Buffer.alloc(64).toString('base64url')),
    ES256: await new SignJWT(goodClaims()).setProtectedHeader({ alg: 'ES256', kid: key.kid }).sign(elliptic.privateKey),
    RS512: await new SignJWT(goodClaims()).setProtectedHeader({ alg: 'RS512', kid: key.kid }).sign(key.privateKey),
    PS256: await new SignJWT(goodClaims()).setProtectedHeader({ alg: 'PS256', kid: key.kid }).sign(key.privateKey),
    "a stranger's RSA key": await sign({}, {}, stranger.privateKey),
    'embedded jwk': await sign({}, { jwk: await exportJWK(stranger.publicKey) }, stranger.privateKey),
    'our key, embedded jwk': await sign({}, { jwk: publicJwk }),
    jku: await sign({}, { jku: trapUrl }),
    x5u: await sign({}, { x5u: trapUrl }),
    x5c: await sign({}, { x5c: ['AAAA'] }),
    'unknown crit': handMade({ alg: 'RS256', crit: ['x'], x: 1 }, signature),
    'b64 false': handMade({ alg: 'RS256', b64: false, crit: ['b64'] }, signature),
    'JWE with zip': `${encode({ alg: 'dir', enc: 'A256GCM', zip: 'DEF' })}....`,
    'no kid': await sign({}, { kid: undefined }),
    'kid a path': await sign({}, { kid: '../../dev/null' }),
    'kid SQL': await sign({}, { kid: "' union select 1 --" }),
    'kid a URL': await sign({}, { kid: trapUrl }),
    'kid of 3,000 characters': await sign({}, { kid: 'k'.repeat(3_000) }),
    'kid a list': handMade({ alg: 'RS256', kid: [key.kid] }, signature),
    'typ of an id token': await sign({}, { typ: 'id_token+jwt' }),
    'no aud': await sign({ aud: undefined }),
    'aud a list': await sign({ aud: [brand.accountId] }),
    'aud a list of two': await sign({ aud: [brand.accountId, other.accountId] }),
    'aud not an account': await sign({ aud: `${brand.accountId}/x` }),
    'aud an unknown account': await sign({ aud: '99999999999' }),
    'wrong iss': await sign({ iss: 'Sentinel2' }),
    'no iss': await sign({ iss: undefined }),
    'unknown install': await sign({ azp: randomUUID() }),
    "another account's install": await sign({ azp: other.app.clientId }),
    'no azp': await sign({ azp: undefined }),
    expired: await sign({ iat: now() - 3_700, exp: now() - 61 }),
    'not yet': await sign({ nbf: now() + 120 }),
    'no exp': await sign({ exp: undefined }),
    'no iat': await sign({ iat: undefined }),
    'exp in the year 9999': await sign({ exp: 253_402_300_799 }),
    'longer than an hour': await sign({ exp: now() + 3_600 + 120 }),
    'iat in the future': await sign({ iat: now() + 120, exp: now() + 3_600 }),
    'exp a text': await sign({ exp: String(now() + 60) }),
    'fraction of a second': await sign({ iat: now() + 0.5 }),
    'not a token': 'abc',
    'three empty parts': '..',
    'too long': `${good}${'A'.repeat(5_000)}`,
  }
  for (const [name, token] of Object.entries(tokens)) {
    const answer = await ask(token)
    assert.deepEqual(
      [answer.status, answer.body],
      [401, { errorCode: 1100, errorMessage: 'Invalid Bearer token' }],
      name,
    )
    assert.match(answer.headers.get('www-authenticate') ?? '', /OAuth.*Bearer/, name)
  }
  trap.close()
  assert.equal(asked, 0, 'an address that a token named was asked')
})

test('a token is good for its own account only: 403 elsewhere, whether that account exists or not', async () => {
  const token = await appJwt(server, brand)
  for (const accountId of [other.accountId, '99999999999']) {
    const answer = await ask(token, accountId)
    assert.deepEqual(
      [answer.status, answer.body],
      [403, { errorCode: 1101, errorMessage: 'Not enough privilege to perform this operation' }],
    )
  }
})

test('a token lives no longer than its app install, and does no more than it', async () => {
  const token = await appJwt(server, brand)
  assert.equal((await ask(token)).status, 200)
  const { db } = server.deps
  const { accountId, app } = brand
  await db`update app_installs set privileges = '{reporting}' where account_id = ${accountId} and client_id = ${app.clientId}`
  server.deps.accounts.drop(accountId)
  assert.equal((await ask(token)).status, 403)
  await db`update app_installs set privileges = '{ivr.engagement}', enabled = false where account_id = ${accountId} and client_id = ${app.clientId}`
  server.deps.accounts.drop(accountId)
  assert.equal((await ask(token)).status, 401)
  await db`update app_installs set enabled = true where account_id = ${accountId} and client_id = ${app.clientId}`
  server.deps.accounts.drop(accountId)
  assert.equal((await ask(token)).status, 200)
  assert.equal((await ask(await sign({ scope: 'reporting' }))).status, 403)
})

test('a token is never taken from the query, and never beside another header (AU-06)', async () => {
  const token = await appJwt(server, brand)
  const url = `${server.url}/api/account/${brand.accountId}/eligibility?v=2.0`
  const post = (query: string, headers: [string, string][]) =>
    fetch(url + query, {
      method: 'POST',
      headers: [['content-type', 'application/json'], ...headers],
      body: JSON.stringify(eligibilityBody(brand)),
    })
  assert.equal((await post(`&access_token=${token}`, [])).status, 401)
  const inject = (authorization: string[]) =>
    server.app.inject({
      method: 'POST',
      url: `/api/account/${brand.accountId}/eligibility?v=2.0`,
      headers: { 'content-type': 'application/json', authorization } as Record<string, string | string[]> as never,
      payload: eligibilityBody(brand),
    })
  assert.equal((await inject([`Bearer ${token}`, `Bearer ${token}`])).statusCode, 401)
  assert.equal((await inject([`Bearer ${token}`])).statusCode, 200)
  assert.equal((await post('', [['authorization', `Bearer ${'A'.repeat(15_000)}`]])).status, 401)
})
