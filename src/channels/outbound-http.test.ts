import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from 'node:net'
import { after, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib'
import { SendFailure } from './failures.ts'
import type { Exchange } from './http.ts'
import { closeOutboundAgents } from './outbound-agent.ts'
import { outboundHttp } from './outbound-http.ts'

const servers: Server[] = []
after(async () => {
  for (const server of servers) server.close()
  await closeOutboundAgents()
})

async function listening<S extends Server>(server: S): Promise<string> {
  servers.push(server)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

const httpServer = (answer: RequestListener) => listening(createServer(answer))

/** A server that does as it likes with the bytes of each connection. */
const tcpServer = (meet: (socket: Socket) => void) =>
  listening(
    createTcpServer((socket) => {
      socket.on('error', () => {})
      meet(socket)
    }),
  )

const wayOut = (origin: string, timeoutMs = 5000) => {
  const exchanges: Exchange[] = []
  const allowedOrigins = [new URL(origin).origin]
  const onExchange = (exchange: Exchange) => void exchanges.push(exchange)
  const http = outboundHttp({ timeoutMs, allowPrivateNetworks: false, allowedOrigins, secrets: ['s3cr3t'], onExchange })
  const post = (body = 'Body=Hello') =>
    http({ method: 'POST', url: `${origin}/x`, headers: { authorization: 'Basic s3cr3t' }, body })
  return { http, post, exchanges }
}

const failsAs = async (work: Promise<unknown>, kind: 'unreachable' | 'unknown-outcome') =>
  assert.rejects(work, (error: unknown) => error instanceof SendFailure && error.kind === kind)

test('an answer comes whole, with its status and headers; the exchange is recorded without credentials', async () => {
  const origin = await httpServer((request, response) => {
    response.writeHead(418, { 'X-Two': ['a', 'b'], 'content-type': 'text/plain' })
    request.on('data', () => {}).on('end', () => response.end(`${request.method} é`))
  })
  const { post, exchanges } = wayOut(origin)
  const answer = await post('To=%2B12065551234&Body=Hello&Key=s3cr3t')
  assert.deepEqual([answer.status, answer.text, answer.headers['x-two']], [418, 'POST é', 'a, b'])
  const { startedAt, durationMs, ...kept } = exchanges[0]!
  assert.deepEqual(kept, {
    method: 'POST',
    url: `${origin}/x`,
    requestBody: 'To=+1206•••1234&Body=[text, 5 characters]&Key=[hidden]',
    status: 418,
    answerBody: 'POST é',
    failure: null,
  })
  assert.ok(startedAt instanceof Date && durationMs >= 0)
  assert.ok(!JSON.stringify(exchanges).includes('s3cr3t'))
})

test('a record that cannot be kept changes no outcome', async () => {
  const origin = await httpServer((_, response) => response.end('ok'))
  const http = outboundHttp({
    timeoutMs: 5000,
    allowPrivateNetworks: true,
    secrets: [],
    onExchange: () => {
      throw new Error('the table is full')
    },
  })
  assert.equal((await http({ method: 'GET', url: origin, headers: {} })).text, 'ok')
})

test('refused connections and unknown names: nothing was sent (PO-09)', async () => {
  const origin = await httpServer(() => {})
  const server = servers.pop()!
  server.close()
  await once(server, 'close')
  const { post, exchanges } = wayOut(origin)
  await failsAs(post(), 'unreachable')
  assert.equal(exchanges[0]!.failure, 'unreachable: ECONNREFUSED')
  await failsAs(wayOut('http://no-such-host.invalid').post(), 'unreachable')
})

test('once the request is out, silence and breaks of every kind are unknown (PO-03)', async () => {
  const answers: readonly (readonly [string, (socket: Socket) => void])[] = [
    ['silence', () => {}],
    ['closed at once', (socket) => socket.end()],
    ['reset', (socket) => socket.resetAndDestroy()],
    ['half a status line', (socket) => socket.end('HTTP/1.1 20')],
    ['headers only', (socket) => socket.end('HTTP/1.1 201 Created\r\ncontent-length: 9\r\n\r\n')],
    ['half a body', (socket) => socket.end('HTTP/1.1 201 Created\r\ncontent-length: 9\r\n\r\n{"a"')],
    ['half a chunk', (socket) => socket.end('HTTP/1.1 201 Created\r\ntransfer-encoding: chunked\r\n\r\n9\r\n{"a"')],
    ['another protocol', (socket) => socket.end('SSH-2.0-x\r\n')],
    ['a body that stops', (socket) => socket.write('HTTP/1.1 201 Created\r\ncontent-length: 9\r\n\r\n{"a"')],
  ]
  for (const [name, meet] of answers) {
    let requests = 0
    const origin = await tcpServer((socket) =>
      socket.once('data', () => {
        requests++
        meet(socket)
      }),
    )
    // Only those that never end need the deadline; it is long enough for a slow machine to have sent the request.
    const { post, exchanges } = wayOut(origin, ['silence', 'a body that stops'].includes(name) ? 700 : 5000)
    await failsAs(post(), 'unknown-outcome')
    assert.equal(exchanges[0]!.status, null)
    await sleep(20)
    assert.equal(requests, 1, name)
  }
})

test('a kept-alive connection that dies under a request: unknown, and the request is not sent again', async () => {
  const seen: string[] = []
  const origin = await tcpServer((socket) =>
    socket.on('data', (data) => {
      seen.push(String(data).split('\r\n\r\n')[1]!)
      if (seen.length === 1) socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok')
      else socket.resetAndDestroy()
    }),
  )
  const { post } = wayOut(origin)
  assert.equal((await post('Body=one')).text, 'ok')
  await failsAs(post('Body=two'), 'unknown-outcome')
  await sleep(50)
  assert.deepEqual(seen, ['Body=one', 'Body=two'])
})

test('a kept-alive connection that was closed in between is simply replaced', async () => {
  let requests = 0
  const origin = await tcpServer((socket) =>
    socket.once('data', () => {
      requests++
      socket.end('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok')
    }),
  )
  const { post } = wayOut(origin)
  await post()
  await sleep(20)
  assert.equal((await post()).text, 'ok')
  assert.equal(requests, 2)
})

test('answers are bounded as they arrive and as they unpack (PO-04)', async () => {
  const big = Buffer.alloc(300 * 1024, 'x')
  const bomb = gzipSync(Buffer.alloc(8 * 1024 * 1024))
  const origin = await httpServer((request, response) => {
    const body = { '/plain': big, '/gzip': bomb, '/odd': big.subarray(0, 9) }[request.url!]
    const encoding = { '/gzip': 'gzip', '/odd': 'zstd-of-ours' }[request.url!]
    if (encoding) response.setHeader('content-encoding', encoding)
    if (body) return response.end(body)
    const feed = setInterval(() => response.write(big.subarray(0, 100_000)), 1)
    response.on('close', () => clearInterval(feed))
  })
  const { http, exchanges } = wayOut(origin)
  for (const path of ['/plain', '/gzip', '/odd', '/endless'])
    await failsAs(http({ method: 'POST', url: origin + path, headers: {} }), 'unknown-outcome')
  assert.deepEqual(
    exchanges.map(({ failure }) => failure),
    [
      'unknown-outcome: the answer is larger than 256 kB',
      'unknown-outcome: the answer could not be decoded: ERR_BUFFER_TOO_LARGE',
      'unknown-outcome: the answer has an unknown encoding',
      'unknown-outcome: the answer is larger than 256 kB',
    ],
  )
})

test('packed answers within the cap are unpacked; a damaged one is unknown', async () => {
  const packed = { gzip: gzipSync('hello'), deflate: deflateSync('hello'), br: brotliCompressSync('hello') }
  const origin = await httpServer((request, response) => {
    const name = request.url!.slice(1)
    response.setHeader('content-encoding', name === 'damaged' ? 'gzip' : name)
    response.end(name === 'damaged' ? 'hello' : packed[name as keyof typeof packed])
  })
  const { http } = wayOut(origin)
  for (const name of Object.keys(packed))
    assert.equal((await http({ method: 'GET', url: `${origin}/${name}`, headers: {} })).text, 'hello')
  await failsAs(http({ method: 'GET', url: `${origin}/damaged`, headers: {} }), 'unknown-outcome')
})

test('a redirect is an answer like any other (PO-06)', async () => {
  let visits = 0
  const elsewhere = await httpServer((_, response) => {
    visits++
    response.end()
  })
  const origin = await httpServer((_, response) => response.writeHead(307, { location: `${elsewhere}/y` }).end())
  assert.equal((await wayOut(origin).post()).status, 307)
  assert.equal(visits, 0)
})

test('private networks are not reached, in whatever spelling, and what is no web address is not tried (SS-01)', async () => {
  let visits = 0
  const failures: (string | null)[] = []
  const canary = await httpServer((_, response) => {
    visits++
    response.end()
  })
  const { port } = new URL(canary)
  const http = outboundHttp({
    timeoutMs: 5000,
    allowPrivateNetworks: false,
    // Another port of the same machine is another origin.
    allowedOrigins: [`http://127.0.0.1:${Number(port) - 1}`],
    secrets: [],
    onExchange: ({ failure }) => failures.push(failure),
  })
  const hosts = [
    '127.0.0.1',
    'localhost',
    '127.0.0.1.',
    '[::1]',
    '[::ffff:127.0.0.1]',
    '2130706433',
    '0x7f000001',
    '0177.0.0.1',
    '127.1',
  ]
  const more = ['0.0.0.0', '169.254.169.254', '10.1.2.3', '[fd00::1]', '[64:ff9b::7f00:1]', '１２７.0.0.1']
  for (const host of [...hosts, ...more]) {
    await failsAs(http({ method: 'GET', url: `http://${host}:${port}/`, headers: {} }), 'unreachable')
    // The usual port: here only the address itself can be the reason.
    await failsAs(http({ method: 'GET', url: `http://${host}/`, headers: {} }), 'unreachable')
    assert.equal(failures.pop(), 'unreachable: FORBIDDEN_NETWORK', host)
  }
  for (const url of [
    'file:///etc/passwd',
    'gopher://127.0.0.1/',
    `http://api.twilio.com@127.0.0.1:${port}/`,
    'http://8.8.8.8:5432/',
    'nonsense',
    '',
  ])
    await failsAs(http({ method: 'GET', url, headers: {} }), 'unreachable')
  assert.equal(visits, 0)
})

test('the failure recorded names no address', async () => {
  const { post, exchanges } = wayOut('http://127.0.0.1:9')
  await failsAs(post(), 'unreachable')
  assert.ok(!exchanges[0]!.failure!.includes('127.0.0.1'))
})

test('a file comes as its bytes, up to the size asked for, and is not recorded', async () => {
  const bytes = Buffer.from(Array.from({ length: 300 * 1024 }, (_, index) => index % 256))
  const origin = await httpServer((request, response) => {
    response.writeHead(request.url === '/no' ? 404 : 200).end(request.url === '/no' ? 'gone é' : bytes)
  })
  const { http, exchanges } = wayOut(origin)
  const get = (path: string, fileUpTo: number) =>
    http({ method: 'GET', url: origin + path, headers: { authorization: 'Bearer s3cr3t' }, fileUpTo })
  const answer = await get('/file', bytes.length)
  assert.ok(Buffer.from(answer.base64!, 'base64').equals(bytes))
  assert.equal(answer.text, '')
  assert.equal(exchanges[0]!.answerBody, `[file, ${bytes.length} bytes]`)
  assert.equal((await get('/no', 1)).text, 'gone é')
  await failsAs(get('/file', bytes.length - 1), 'unknown-outcome')
  await failsAs(get('/file', 100), 'unknown-outcome')
})
