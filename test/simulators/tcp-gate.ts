import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

export interface TcpGate {
  /** The target's address, by way of the gate. */
  readonly baseUrl: string
  /** The next connection is not let through: `then` runs as it comes, and it is cut without a byte having passed. */
  refuseNext(then: () => void): void
  close(): Promise<void>
}

/** A door in front of a provider, which sees connections before the provider does. */
export async function tcpGate(target: string): Promise<TcpGate> {
  const { hostname, port } = new URL(target)
  const open = new Set<Socket>()
  let refuse: (() => void) | null = null
  const server = createServer((client) => {
    client.on('error', () => {})
    if (refuse !== null) {
      refuse()
      refuse = null
      client.destroy()
      return
    }
    const provider = connect(Number(port), hostname)
    for (const socket of [client, provider]) {
      open.add(socket)
      socket.on('error', () => {})
      socket.on('close', () => {
        open.delete(socket)
        client.destroy()
        provider.destroy()
      })
    }
    client.pipe(provider).pipe(client)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    refuseNext: (then) => {
      refuse = then
    },
    async close() {
      for (const socket of open) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
