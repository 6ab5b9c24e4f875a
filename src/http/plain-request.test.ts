import assert from 'node:assert/strict'
import { createServer, type IncomingMessage } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { after, before, test } from 'node:test'
import fc from 'fast-check'
import { readPlainRequest } from './plain-request.ts'

const body = '{"skill":"support"}'
const head = (...lines: string[]) => [...lines, '', ''].join('\r\n')
const plain = (...more: string[]) =>
  Buffer.from(
    head(
      'POST /api/account/1/eligibility?v=2.0 HTTP/1.1',
      'Host: c2m.example',
      'Content-Type: application/json',
      'Authorization: Bearer abc',
      `Content-Length: ${body.length}`,
      ...more,
    ) + body,
  )

test('the plain shape is read', () => {
  const request = readPlainRequest(plain('User-Agent: ivr/1', 'Connection: Keep-Alive', 'X-Trace:'))
  assert.deepEqual(
    { ...request, body: request?.body.toString() },
    {
      target: '/api/account/1/eligibility?v=2.0',
      authorization: 'Bearer abc',
      contentType: 'application/json',
      body,
    },
  )
})

const others: Readonly<Record<string, Buffer>> = {
  'another method': Buffer.from(plain().toString().replace('POST', 'GET')),
  'an absolute target': Buffer.from(plain().toString().replace('/api', 'http://c2m.example/api')),
  'a # in the target': Buffer.from(plain().toString().replace('?v', '#?v')),
  'HTTP/1.0': Buffer.from(plain().toString().replace('HTTP/1.1', 'HTTP/1.0')),
  'no Host': Buffer.from(plain().toString().replace('Host', 'Hose')),
  'two Hosts': plain('Host: c2m.example'),
  'two Authorizations': plain('authorization: Bearer other'),
  'two lengths': plain(`Content-Length: ${body.length}`),
  'two lengths in one': Buffer.from(plain().toString().replace(`: ${body.length}`, `: ${body.length}, ${body.length}`)),
  'a signed length': Buffer.from(plain().toString().replace(`: ${body.length}`, `: +${body.length}`)),
  'a chunked body': plain('Transfer-Encoding: chunked'),
  'a compressed body': plain('Content-Encoding: gzip'),
  'a wish to be asked': plain('Expect: 100-continue'),
  'a last request': plain('Connection: close'),
  'an upgrade': plain('Upgrade: websocket', 'Connection: Upgrade'),
  'a folded header': plain('X-Long: a', ' b'),
  'a blank before a colon': plain('X-Blank : a'),
  'a bare line feed': plain('X-Feed: a\nX-More: b'),
  'a bare carriage return': plain('X-Return: a\rb'),
  'a byte above ASCII': Buffer.from(plain('X-High: \xff').toString('latin1'), 'latin1'),
  'a NUL': plain('X-Nul: \0'),
  'a head that goes on': plain().subarray(0, 60),
  'a body that goes on': plain().subarray(0, -1),
  'a second request behind it': Buffer.concat([plain(), plain()]),
  'more headers than anybody sends': plain(...Array.from({ length: 64 }, (_, index) => `X-${index}: a`)),
  'a head of more than 16 KiB': plain(`X-Long: ${'a'.repeat(17_000)}`),
}
for (const [what, chunk] of Object.entries(others)) {
  test(`${what} is not read here`, () => assert.equal(readPlainRequest(chunk), null))
}

/** What Node's own server makes of the same bytes. */
interface Reading {
  readonly requests: number
  readonly target: string | undefined
  readonly authorization: string | undefined
  readonly contentType: string | undefined
  readonly body: string
}
let reading: Reading = { requests: 0, target: undefined, authorization: undefined, contentType: undefined, body: '' }
const server = createServer(async (request: IncomingMessage, response) => {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  reading = {
    requests: reading.requests + 1,
    target: request.url,
    authorization: request.headers.authorization,
    contentType: request.headers['content-type'],
    body: Buffer.concat(chunks).toString('latin1'),
  }
  response.end()
})
before(() => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve)))
after(() => server.close())

async function nodesReading(chunk: Buffer): Promise<Reading> {
  reading = { requests: 0, target: undefined, authorization: undefined, contentType: undefined, body: '' }
  await new Promise<void>((resolve, reject) => {
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1')
    socket
      .on('error', reject)
      .on('close', () => resolve())
      .on('data', () => {})
    socket.end(chunk)
  })
  return reading
}

test('whatever is read here, Node reads in the same way', async () => {
  const byte = fc.oneof(
    fc.constantFrom(
      '\r\n',
      '\r',
      '\n',
      ' ',
      '\t',
      ':',
      ',',
      '0',
      'a',
      '\0',
      '\x7f',
      '\xe9',
      'Content-Length: 3\r\n',
      'Transfer-Encoding: chunked\r\n',
      'Host: a\r\n',
      'HOST:\r\n',
      '%',
      '#',
      '?',
      '"',
      '{',
      '}',
    ),
    fc.string({ minLength: 1, maxLength: 1 }),
  )
  const change = fc.record({ at: fc.nat(plain().length), cut: fc.nat(3), put: byte })
  let read = 0
  await fc.assert(
    fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 2 }), async (changes) => {
      let text = plain('X-Some: thing').toString('latin1')
      for (const { at, cut, put } of changes) text = text.slice(0, at) + put + text.slice(at + cut)
      const chunk = Buffer.from(text, 'latin1')
      const here = readPlainRequest(chunk)
      if (here === null) return
      read += 1
      const { target, authorization, contentType } = here
      const same = {
        requests: 1,
        target,
        authorization: authorization ?? undefined,
        contentType,
        body: here.body.toString('latin1'),
      }
      const there = await nodesReading(chunk)
      assert.deepEqual({ ...there, contentType: there.contentType ?? '' }, same)
    }),
    { numRuns: 3_000 },
  )
  assert.ok(read > 100, `only ${read} of the changed requests were still plain`)
})
