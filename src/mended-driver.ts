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
const connectionMends: readonly (readonly [faulty: string, mended: string])[] = [
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
  // A statement given between the socket's error and its close is never settled. Nor is the one that a connection was made
  // for, when the server closes without a word, or when the connection's last statement still stands there and takes the
  // refusal for its own: the driver tries again without a pause, for as long as the server refuses. (With several hosts it
  // tries the next one, as before.)
  [
    "    if (initial)\n      return reconnect()\n\n    !hadError && (query || sent.length) && error(Errors.connection('CONNECTION_CLOSED', options, socket))\n",
    `    if (initial && options.host[1])
      return reconnect()

    ;(query || initial || sent.length) && error(errorResponse || Errors.connection('CONNECTION_CLOSED', options, socket))
    query = results = errorResponse = null
    result = new Result()
    ended && (ended(), ending = ended = null)
`,
  ],
  // A pool that ends while a connection waits for its next try: the try is made after the end, and what it opens stays open.
  [
    '      initial = query\n      reconnect()\n',
    '      terminated = false\n      initial = query\n      reconnect()\n',
  ],
  [
    '    terminated = false\n    backendParameters = {}\n',
    '    if (terminated)\n      return\n    backendParameters = {}\n',
  ],
  ['    if (!socket)\n      return\n', '    if (!socket || terminated)\n      return\n'],
  [
    "      socket.readyState === 'open' && socket.end(b().X().end())\n",
    "      socket.readyState === 'opening' ? socket.destroy() : socket.readyState === 'open' && socket.end(b().X().end())\n",
  ],
]

/**
 * A queue starts anew only when it is empty, and that of the open connections seldom is: it kept a place for each statement
 * that was ever run, and was searched from its beginning at each (300 µs a statement after 100,000 of them).
 */
const queueMends: typeof connectionMends = [
  [
    '        xs[index - 1] = undefined\n',
    `        xs[index - 1] = undefined
        if (index > 64 && index > xs.length / 2) {
          xs = xs.slice(index)
          index = 0
        }
`,
  ],
]

const mendsOf = { 'connection.js': connectionMends, 'queue.js': queueMends }

registerHooks({
  load(url, context, nextLoad) {
    const loaded = nextLoad(url, context)
    const mends = Object.entries(mendsOf).find(([file]) => url.endsWith(`/postgres/src/${file}`))?.[1]
    if (mends === undefined || loaded.source == null) return loaded
    const text =
      typeof loaded.source === 'string' ? loaded.source : Buffer.from(loaded.source as Uint8Array).toString('utf8')
    return { ...loaded, source: mends.reduce((source, [faulty, mended]) => source.replace(faulty, mended), text) }
  },
})

export const { default: mendedDriver } = await import('postgres')
