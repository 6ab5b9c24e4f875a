import type { IvrExchange } from './shapes.ts'

const quoted = (text: string) => `'${text.replaceAll("'", "'\\''")}'`

/** The same request from a terminal. The token is left to its reader: how to get one stands in the terminal of `npm start`. */
export function curlOf({ url, body }: Pick<IvrExchange, 'url' | 'body'>): string {
  return [
    '# TOKEN: a bearer token; the README (The first call, with curl) says how to get one',
    `curl -s ${quoted(url)} \\`,
    '  -H "Authorization: Bearer $TOKEN" -H \'Content-Type: application/json\' \\',
    `  -d ${quoted(JSON.stringify(body))}`,
  ].join('\n')
}
