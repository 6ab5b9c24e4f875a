import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { after, afterEach } from 'node:test'
import { type ConnectorHooks, type Heard, type RawHook, Unauthentic } from '../src/channels/connector.ts'
import type { Sender } from '../src/domain/sender.ts'

/** Where providers believe the door to be. */
export const publicUrl = 'https://connect.example.com'

/** Forgets after each test what came through it. */
export interface HookDoor {
  readonly heard: Heard[]
  /** How many requests came. */
  hooks: number
  /** Other than 200: it is answered so, and nothing is heard. */
  status: number
}

/**
 * Our webhook door in small: raw body, public URL from the settings, verify, parse, answer.
 * @param provider the simulator that finds the door when it calls the public URL.
 * @param senderNow whose webhook it is when a request comes.
 */
export async function hookDoor(
  { verify, parse, answer }: ConnectorHooks,
  provider: { proxy(publicOrigin: string, loopbackOrigin: string): void },
  senderNow: () => Sender,
): Promise<HookDoor> {
  const door: HookDoor = { heard: [], hooks: 0, status: 200 }
  const server = createServer(async (request, response) => {
    const headers = request.headers as RawHook['headers']
    const hook = { method: request.method!, url: publicUrl + request.url, headers, body: await buffer(request) }
    door.hooks += 1
    try {
      verify(hook, senderNow())
      if (door.status !== 200) return void response.writeHead(door.status).end()
      door.heard.push(...parse(hook, senderNow()))
      const { status, contentType, body } = answer!(hook)
      response.writeHead(status, { 'content-type': contentType }).end(body)
    } catch (error) {
      response.writeHead(error instanceof Unauthentic ? 403 : 500).end()
    }
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  provider.proxy(publicUrl, `http://127.0.0.1:${(server.address() as AddressInfo).port}`)
  afterEach(() => {
    door.heard.splice(0)
    Object.assign(door, { hooks: 0, status: 200 })
  })
  after(() => void server.close())
  return door
}
