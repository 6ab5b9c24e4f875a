/**
 * Where a program on this machine asks a server that listens on `host` and `port`, whatever its public address is.
 * One that listens on every address is asked on the loopback's.
 */
export function localAddress(host: string, port: number): string {
  const asked = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host
  return `http://${asked.includes(':') ? `[${asked}]` : asked}:${port}`
}
