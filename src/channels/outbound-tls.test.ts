import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type Server, type ServerOptions } from 'node:https'
import { type AddressInfo, createServer as createTcpServer } from 'node:net'
import { after, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { createSecureContext, getCACertificates, setDefaultCACertificates } from 'node:tls'
import { expiredCertificate, localhostCertificate, localhostKey } from '../../test/simulators/localhost-certificates.ts'
import { closeOutboundAgents } from './outbound-agent.ts'
import { outboundHttp } from './outbound-http.ts'

const servers: Server[] = []
after(async () => {
  for (const server of servers) server.close()
  await closeOutboundAgents()
})
const heard: string[] = []

async function tlsServer(options: ServerOptions): Promise<number> {
  const server = createServer({ key: localhostKey, cert: localhostCertificate, ...options }, (request, response) => {
    heard.push(request.method!)
    response.end('ok')
  })
  servers.push(server)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}

const post = (url: string, timeoutMs = 5000) => {
  const options = { timeoutMs, allowPrivateNetworks: true, secrets: [], onExchange: () => {} }
  return outboundHttp(options)({ method: 'POST', url, headers: {}, body: 'Body=Hello' })
}
const unreachable = { kind: 'unreachable' }

test('a certificate that nobody vouches for, that is over or of another name: nothing is sent (PO-09)', async () => {
  const good = await tlsServer({})
  await assert.rejects(post(`https://localhost:${good}/`), unreachable)
  setDefaultCACertificates([...getCACertificates('bundled'), localhostCertificate, expiredCertificate])
  await closeOutboundAgents()
  assert.equal((await post(`https://localhost:${good}/`)).text, 'ok')
  assert.deepEqual(heard.splice(0), ['POST'])
  await assert.rejects(post(`https://127.0.0.1:${good}/`), unreachable)
  const expired = await tlsServer({ cert: expiredCertificate })
  await assert.rejects(post(`https://localhost:${expired}/`), unreachable)
  assert.deepEqual(heard, [])
})

test('a handshake that outlasts the deadline: nothing is sent, also when it succeeds later', async () => {
  let shaken = false
  const slow = await tlsServer({
    SNICallback: (_, done) => {
      setTimeout(() => {
        shaken = true
        done(null, createSecureContext({ key: localhostKey, cert: localhostCertificate }))
      }, 300)
    },
  })
  await assert.rejects(post(`https://localhost:${slow}/`, 100), unreachable)
  while (!shaken) await sleep(10)
  await sleep(200)
  assert.deepEqual(heard, [])
})

test('a server that speaks no TLS: nothing is sent', async () => {
  const server = createTcpServer((socket) => {
    socket.on('error', () => {})
    socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  await assert.rejects(post(`https://localhost:${(server.address() as AddressInfo).port}/`), unreachable)
  server.close()
})
