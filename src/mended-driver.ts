import { registerHooks } from 'node:module'

/**
 * postgres.js 3.4.9 cannot lose a backend safely inside a database transaction. A small write waits for `setImmediate`;
 * when the socket closes first, the write throws where nobody can catch it and the process ends (porsager/postgres
 * issues 1066, 1154, 1208; pull requests 1168, 1209 are open). Merely skipping the write leaves the transaction waiting
 * for ever, because it learns of a closed connection only once it has begun to listen for that, and the connection is
 * lost to the pool. What was buffered would even be sent ahead of the next connection's greeting. Killing backends is
 * what this server must survive (promise P10), so the places are mended as the module is loaded. `db.test.ts` causes
 * the faults; when a release has mended them, the texts below are not found, nothing is changed, and that test says so
 * (docs/adr/0009).
 */
const mends: readonly (readonly [faulty: string, mended: string])[] = [
  [
    '  function nextWrite(fn) {\n',
    `  function nextWrite(fn) {
    if (socket === null) {
      nextWriteTimer !== null && clearImmediate(nextWriteTimer)
      chunk = nextWriteTimer = null
      const lost = Errors.connection('CONNECTION_CLOSED', options)
      error(lost)
      onclose(connection, lost)
      return false
    }
`,
  ],
  [
    '    incomings = null\n    clearImmediate(nextWriteTimer)\n',
    '    incomings = null\n    clearImmediate(nextWriteTimer)\n    chunk = nextWriteTimer = null\n',
  ],
  // A statement given between the socket's error and its close is never settled.
  ['    !hadError && (query || sent.length) && error(', '    ;(query || sent.length) && error('],
  // The first statement of a connection is the driver's own, and nobody waits for it: its failure would end the process.
  ['        return fetchArrayTypes()\n', '        return void fetchArrayTypes().catch(() => {})\n'],
]

registerHooks({
  load(url, context, nextLoad) {
    const loaded = nextLoad(url, context)
    if (!url.endsWith('/postgres/src/connection.js') || loaded.source == null) return loaded
    const text =
      typeof loaded.source === 'string' ? loaded.source : Buffer.from(loaded.source as Uint8Array).toString('utf8')
    return { ...loaded, source: mends.reduce((source, [faulty, mended]) => source.replace(faulty, mended), text) }
  },
})

export const { default: mendedDriver } = await import('postgres')
