import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import fc from 'fast-check'
import { appJwt, callIvr, eligibilityBody } from '../ivr-client.ts'
import { rawHttp } from '../raw-http.ts'
import { type TestBrand, testBrand } from '../test-brand.ts'
import { type TestServer, testServer } from '../test-server.ts'

/** Whatever comes in, what goes out is 200 or a 4xx in the contract's form. Every run tries other input; a failure prints its seed. */

let server: TestServer
let brand: TestBrand
let authorization: string
before(async () => {
  server = await testServer()
  brand = await testBrand(server, { settings: { rateLimit: 100_000 } })
  authorization = `Bearer ${await appJwt(server, brand)}`
})
after(() => server.close())

const anyText = fc.string({ unit: 'binary', maxLength: 300 })
const anyJson = fc.jsonValue({ maxDepth: 4 })
const operation = fc.constantFrom('eligibility' as const, 'invite' as const)

function assertCalm(answer: { status: number; body: Record<string, unknown> }): void {
  assert.ok(answer.status === 200 || (answer.status >= 400 && answer.status < 500), JSON.stringify(answer))
  if (answer.status !== 200) assert.equal(typeof answer.body.errorCode, 'number')
}

test('any value in any field', { timeout: 60_000 }, async () => {
  const fields = ['skill', 'consumerPhoneNumber', 'handoffId', 'sdes', 'templateVariables', 'ivrNumber', 'consumerId']
  const more = ['callId', 'overrideChannel', 'overrideMessage', 'overrideSkill']
  const body = fc.dictionary(fc.constantFrom(...fields, ...more, 'other'), fc.oneof(anyText, anyJson), { maxKeys: 4 })
  await fc.assert(
    fc.asyncProperty(operation, body, async (which, change) => {
      const whole = { ...eligibilityBody(brand), ...change }
      assertCalm(await callIvr(server, brand, which, { body: whole, headers: { authorization } }))
    }),
    { numRuns: 100 },
  )
})

test('any bytes as a body', { timeout: 60_000 }, async () => {
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 400 }),
    // JSON with one byte changed: nearly right is where parsers slip.
    fc.tuple(fc.nat(), fc.nat(255)).map(([place, byte]) => {
      const right = Buffer.from(JSON.stringify({ ...eligibilityBody(brand), sdes: [{ type: 'ctmrinfo', info: {} }] }))
      right[place % right.length] = byte
      return new Uint8Array(right)
    }),
  )
  await fc.assert(
    fc.asyncProperty(operation, bytes, async (which, text) => {
      assertCalm(await callIvr(server, brand, which, { text: new Uint8Array(text), headers: { authorization } }))
    }),
    { numRuns: 80 },
  )
})

test('any headers and any query', { timeout: 60_000 }, async () => {
  const value = fc.string({
    unit: fc.integer({ min: 0x20, max: 0x7e }).map((c) => String.fromCharCode(c)),
    maxLength: 80,
  })
  const names = ['authorization', 'content-type', 'content-encoding', 'accept', 'expect', 'cookie', 'x-forwarded-host']
  const headers = fc.dictionary(fc.constantFrom(...names), value, { maxKeys: 4 })
  const query = fc.string({ unit: fc.constantFrom(...'v=2.0&%+;[]_proto/\\\'"<>abc'), maxLength: 60 })
  await fc.assert(
    fc.asyncProperty(operation, headers, query, async (which, given, raw) => {
      const lines = Object.entries({ authorization, 'content-type': 'application/json', ...given })
      const answer = await rawHttp(
        server,
        `POST /api/account/${brand.accountId}/${which}?${encodeURI(raw)} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 2\r\n${lines
          .map(([name, text]) => `${name}: ${text}\r\n`)
          .join('')}\r\n{}`,
      )
      assert.ok(answer.status >= 400 && answer.status < 500, answer.head)
    }),
    { numRuns: 60 },
  )
})

test('any path', { timeout: 60_000 }, async () => {
  const path = fc.string({ unit: fc.constantFrom(...'/%.;:@012345678abcdefgilty-_~'), maxLength: 60 })
  await fc.assert(
    fc.asyncProperty(path, async (tail) => {
      const answer = await rawHttp(server, `POST /api/account/${tail} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`)
      assert.ok(answer.status >= 400 && answer.status < 500, answer.head)
    }),
    { numRuns: 60 },
  )
})

test('nothing of all this was a fault of ours', () => {
  assert.deepEqual(
    server.logged.filter((line) => line.includes('request failed')),
    [],
  )
})
