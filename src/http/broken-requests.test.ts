import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect } from 'node:net'
import { after, before, test } from 'node:test'
import { rawHttp } from '../../test/raw-http.ts'
import { type TestServer, testServer } from '../../test/test-server.ts'

let server: TestServer
before(async () => {
  server = await testServer()
})
after(() => server.close())

test('the time-outs against slow clients are set: 10 s for the headers, 15 s for the whole, looked at every 2 s', () => {
  const http = server.app.server as typeof server.app.server & { connectionsCheckingInterval?: number }
  assert.equal(http.headersTimeout, 10_000)
  assert.equal(http.requestTimeout, 15_000)
  assert.equal(http.maxConnections, 10_000)
})

test('slow headers, a slow body and a silent connection are cut, and others are served meanwhile', {
  timeout: 20_000,
}, async () => {
  const http = server.app.server
  const [headersTimeout, requestTimeout] = [http.headersTimeout, http.requestTimeout]
  // The same machinery, so that the test need not wait for the real times.
  http.headersTimeout = 200
  http.requestTimeout = 400
  try {
    const slow = {
      headers: rawHttp(server, 'POST /api/account/1/eligibility HTTP/1.1\r\nHost: x\r\n'),
      body: rawHttp(
        server,
        'POST /sentinel/api/v2/account/1/app/token HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 100\r\n\r\na',
      ),
      silence: rawHttp(server),
    }
    assert.equal((await fetch(`${server.url}/health/live`)).status, 200)
    for (const [name, pending] of Object.entries(slow)) {
      const answer = await pending
      assert.equal(answer.status, 408, name)
      assert.deepEqual(JSON.parse(answer.body), {
        errorCode: 1000,
        errorMessage: 'Invalid request',
        title: 'The request came too slowly',
        status: 408,
        code: 'too-slow',
      })
    }
  } finally {
    http.headersTimeout = headersTimeout
    http.requestTimeout = requestTimeout
  }
})

test('a client that breaks off harms nobody', async () => {
  const { hostname, port } = new URL(server.url)
  for (const text of [
    '',
    'POST / HT',
    'POST /api/account/1/eligibility HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n{',
  ]) {
    const socket = connect({ host: hostname, port: Number(port) })
    await once(socket, 'connect')
    if (text !== '') await new Promise((resolve) => socket.write(text, resolve))
    socket.resetAndDestroy()
  }
  assert.equal((await fetch(`${server.url}/health/live`)).status, 200)
})

test('an unknown path outside the published API is answered in our own form', async () => {
  const response = await fetch(`${server.url}/nowhere`, { method: 'POST', body: '{', headers: { 'content-type': 'x' } })
  const body = (await response.json()) as Record<string, unknown>
  assert.equal(response.status, 404)
  assert.equal(response.headers.get('content-type'), 'application/problem+json; charset=utf-8')
  assert.deepEqual(Object.keys(body), ['type', 'title', 'status', 'code', 'requestId'])
})

test('too many parameters, NUL and __proto__ in a query are refused at every door', async () => {
  for (const query of ['a=1&'.repeat(51), 'a=%00', '__proto__=1', 'a=%']) {
    assert.equal((await fetch(`${server.url}/health/live?${query}`)).status, 400, query.slice(0, 20))
  }
})
