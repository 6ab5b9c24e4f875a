import { once } from 'node:events'
import { connect } from 'node:net'

export interface RawAnswer {
  /** 0: the connection was closed without an answer. */
  readonly status: number
  readonly head: string
  readonly body: string
}

/** Sends bytes as they are, which no HTTP client would, and reads until the server has answered and closed, or closed. */
export async function rawHttp(server: { url: string }, ...pieces: (string | Buffer)[]): Promise<RawAnswer> {
  const { hostname, port } = new URL(server.url)
  const socket = connect({ host: hostname, port: Number(port) })
  const chunks: Buffer[] = []
  socket.on('data', (chunk) => chunks.push(chunk))
  // A server that cuts the connection while we still write makes an error of it, which is an answer too.
  socket.on('error', () => {})
  const closed = once(socket, 'close').catch(() => {})
  for (const piece of pieces) if (!socket.destroyed) socket.write(piece)
  await closed
  const text = Buffer.concat(chunks).toString('latin1')
  const middle = text.indexOf('\r\n\r\n')
  return {
    status: Number(/^HTTP\/1\.1 ([0-9]{3})/.exec(text)?.[1] ?? 0),
    head: middle === -1 ? text : text.slice(0, middle),
    body: middle === -1 ? '' : text.slice(middle + 4),
  }
}
