import { connect, type Socket } from 'node:net'

/** One kept-alive connection that has at most one request under way, on a bare socket: the load must cost little. */
export interface HttpConnection {
  /** @returns the answer's status. Rejects when the connection breaks. */
  send(request: Buffer): Promise<number>
  close(): void
}

export async function httpConnection(port: number): Promise<HttpConnection> {
  const socket: Socket = connect({ host: '127.0.0.1', port, noDelay: true })
  await new Promise<void>((resolve, reject) => socket.once('connect', resolve).once('error', reject))
  let waiter: { resolve(status: number): void; reject(error: Error): void } | null = null
  let text = ''
  socket.setEncoding('latin1')
  socket.on('data', (chunk: string) => {
    text = text === '' ? chunk : text + chunk
    const head = text.indexOf('\r\n\r\n')
    if (head === -1) return
    const length = /\r\ncontent-length: *([0-9]+)/i.exec(text.slice(0, head))?.[1]
    if (text.length < head + 4 + Number(length ?? 0)) return
    const status = Number(text.slice(9, 12))
    text = ''
    const served = waiter
    waiter = null
    served?.resolve(status)
  })
  const broken = (error?: Error) => waiter?.reject(error ?? new Error('The server closed the connection.'))
  socket.on('error', broken)
  socket.on('close', () => broken())
  return {
    send: (request) =>
      new Promise((resolve, reject) => {
        waiter = { resolve, reject }
        socket.write(request)
      }),
    close: () => socket.destroy(),
  }
}
