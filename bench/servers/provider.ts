import { randomUUID } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { listening } from './listening.ts'

/** A provider that accepts every message, after 20 ms, and says nothing more of it. */
const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
  request.resume()
  setTimeout(() => {
    const body = JSON.stringify({ id: randomUUID(), status: 'accepted' })
    response.writeHead(201, { 'content-type': 'application/json', 'content-length': body.length }).end(body)
  }, 20)
})
server.listen(0, '127.0.0.1', () => listening((server.address() as AddressInfo).port))
