import assert from 'node:assert/strict'
import { createServer, type Server } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { afterEach, beforeEach, test } from 'node:test'
import { plainConnections } from './plain-connections.ts'

/** Node's own server answers `node` and the target; the plain door answers `/here` once `release` is called. */
let server: Server
let closeIdle: () => void
let release: () => void
let held: Promise<void>
const clients: Socket[] = []

beforeEach(async () => {
  held = Promise.resolve()
  release = () => {}
  server = createServer({ keepAliveTimeout: 65_000 }, (request, response) => {
    request.resume().on('end', () => response.end(`node ${request.method} ${request.url}`))
  })
  closeIdle = plainConnections(server, (request) => {
    if (request.target === '/later-nodes') return held.then(() => null)
    if (request.target !== '/here') return null
    const body = JSON.stringify({ plain: request.body.toString() })
    return held.then(() => ({ status: 200, headers: { 'x-from': 'plain' }, body }))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
})
afterEach(async () => {
  release()
  for (const client of clients.splice(0)) client.destroy()
  await new Promise((resolve) => server.close(resolve))
})

function hold(): void {
  held = new Promise((resolve) => {
    release = resolve
  })
}

const post = (target: string, body = 'body') =>
  `POST ${target} HTTP/1.1\r\nHost: a\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`

/** A client that keeps what it hears. */
function client(options: { allowHalfOpen?: boolean } = {}) {
  const socket = connect({ port: (server.address() as AddressInfo).port, host: '127.0.0.1', ...options })
  clients.push(socket)
  let heard = ''
  let ended = false
  const waiters = new Set<() => void>()
  const wake = () => {
    for (const waiter of waiters) waiter()
  }
  socket.setEncoding('utf8')
  socket.on('data', (text: string) => {
    heard += text
    wake()
  })
  socket.on('close', () => {
    ended = true
    wake()
  })
  const until = (holds: () => boolean) =>
    new Promise<void>((resolve) => {
      const check = () => {
        if (!holds()) return
        waiters.delete(check)
        resolve()
      }
      waiters.add(check)
      check()
    })
  return {
    socket,
    heard: () => heard,
    hears: (text: string, times = 1) => until(() => heard.split(text).length - 1 >= times),
    ends: () => until(() => ended),
  }
}

test('a plain request is answered, and the next ones on the same connection', async () => {
  const { socket, heard, hears } = client()
  for (const number of [1, 2, 3]) {
    socket.write(post('/here', `é${number}`))
    await hears(`{"plain":"é${number}"}`)
  }
  assert.match(heard(), /^HTTP\/1\.1 200 OK\r\nx-from: plain\r\ncontent-type: application\/json; charset=utf-8\r\n/)
  assert.match(
    heard(),
    /\r\ncontent-length: 15\r\nDate: .+ GMT\r\nConnection: keep-alive\r\nKeep-Alive: timeout=65\r\n\r\n/,
  )
  assert.doesNotMatch(heard(), /node/)
})

test('what is not for the door is answered by Node, and so is everything after it', async () => {
  const { socket, hears } = client()
  socket.write(post('/here'))
  await hears('{"plain":"body"}')
  socket.write(post('/there'))
  await hears('node POST /there')
  socket.write('GET /else HTTP/1.1\r\nHost: a\r\n\r\n')
  await hears('node GET /else')
  socket.write(post('/here'))
  await hears('node POST /here')
})

test('a request in pieces is answered by Node', async () => {
  const { socket, hears } = client()
  const text = post('/here')
  socket.write(text.slice(0, 20))
  await new Promise((resolve) => setTimeout(resolve, 20))
  socket.write(text.slice(20))
  await hears('node POST /here')
})

test('a door that turns out not to be right leaves the request to Node, with what came meanwhile', async () => {
  hold()
  const { socket, heard, hears } = client()
  socket.write(post('/later-nodes'))
  await new Promise((resolve) => setTimeout(resolve, 20))
  socket.write(post('/second'))
  await new Promise((resolve) => setTimeout(resolve, 20))
  release()
  await hears('node POST /second')
  assert.ok(heard().indexOf('node POST /later-nodes') < heard().indexOf('node POST /second'))
})

test('a client that does not wait for its answers gets all of them, in order', async () => {
  hold()
  const { socket, heard, hears } = client()
  socket.write(post('/here', 'one'))
  await new Promise((resolve) => setTimeout(resolve, 20))
  socket.write(post('/there') + post('/here', 'three'))
  await new Promise((resolve) => setTimeout(resolve, 20))
  release()
  await hears('node POST /here')
  const order = ['{"plain":"one"}', 'node POST /there', 'node POST /here'].map((text) => heard().indexOf(text))
  assert.deepEqual(
    order,
    [...order].sort((a, b) => a - b),
  )
  assert.ok(!order.includes(-1))
})

test('a client that has closed its side still hears its answer', async () => {
  hold()
  const { socket, heard, ends } = client({ allowHalfOpen: true })
  socket.end(post('/here'))
  await new Promise((resolve) => setTimeout(resolve, 20))
  release()
  await ends()
  assert.match(heard(), /Connection: close\r\n\r\n\{"plain":"body"\}$/)
})

test('a client that goes away while its answer is made harms nobody', async () => {
  hold()
  const gone = client()
  gone.socket.write(post('/here'))
  await new Promise((resolve) => setTimeout(resolve, 20))
  gone.socket.resetAndDestroy()
  await gone.ends()
  release()
  const next = client()
  next.socket.write(post('/here'))
  await next.hears('{"plain":"body"}')
})

test('the drain closes idle connections at once and busy ones after their answer', async () => {
  const idle = client()
  idle.socket.write(post('/here'))
  await idle.hears('{"plain":"body"}')
  hold()
  const busy = client()
  busy.socket.write(post('/here', 'busy'))
  await new Promise((resolve) => setTimeout(resolve, 20))
  closeIdle()
  const closed = new Promise((resolve) => server.close(resolve))
  await idle.ends()
  release()
  await busy.ends()
  assert.match(busy.heard(), /Connection: close\r\n\r\n\{"plain":"busy"\}$/)
  await closed
})

test('a silent connection is left to Node, whose time limits apply', async () => {
  const { socket, hears } = client()
  await new Promise((resolve) => socket.once('connect', resolve))
  await new Promise((resolve) => setTimeout(resolve, 1_200))
  socket.write(post('/here'))
  await hears('node POST /here')
})
