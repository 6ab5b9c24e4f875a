import assert from 'node:assert/strict'
import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { buildConsole } from '../scripts/build-console.ts'
import { type TestServer, testServer } from './test-server.ts'

/** What the issue allows the first load of the workspace: script in bytes of gzip, and requests before the API is asked. */
const mostScript = 300 * 1000
const mostRequests = 6

const dist = join(import.meta.dirname, '../console/dist')
let server: TestServer

before(async () => {
  await buildConsole()
  server = await testServer()
})
after(() => server.close())

interface Chunk {
  readonly file: string
  readonly isEntry?: boolean
  readonly imports?: readonly string[]
}

const manifest = async () =>
  JSON.parse(await readFile(join(dist, 'manifest.json'), 'utf8')) as Readonly<Record<string, Chunk>>

/** The scripts that a page needs before it shows anything: its chunk, and all that it imports outright. */
function scriptsOf(chunks: Readonly<Record<string, Chunk>>, name: string, known = new Set<string>()): Set<string> {
  const chunk = chunks[name]!
  known.add(chunk.file)
  for (const other of chunk.imports ?? []) if (!known.has(chunks[other]!.file)) scriptsOf(chunks, other, known)
  return known
}

test('the first load of the workspace stays small', async () => {
  const chunks = await manifest()
  const entry = Object.keys(chunks).find((name) => chunks[name]!.isEntry === true)!
  const scripts = [...scriptsOf(chunks, entry)]
  const sizes = await Promise.all(scripts.map(async (file) => gzipSync(await readFile(join(dist, file))).length))
  const script = sizes.reduce((sum, size) => sum + size, 0)
  assert.ok(script < mostScript, `${script} bytes of script`)
  // The workspace is part of the entry, so its page asks for nothing more than what the document names, a font and the icon.
  const index = await readFile(join(dist, 'index.html'), 'utf8')
  const named = new Set([...index.matchAll(/(?:src|href)="(\/assets\/[^"]+)"/g)].map((match) => match[1]!))
  for (const file of scripts) named.add(`/${file}`)
  assert.ok([...named].some((path) => path.endsWith('.css')))
  const font = 1
  assert.ok(1 + named.size + font <= mostRequests, `document, font, ${[...named].join(', ')}`)
})

test('nothing is inlined: scripts and styles are files of their own', async () => {
  const index = await readFile(join(dist, 'index.html'), 'utf8')
  assert.ok(!/<script(?![^>]*\ssrc=)/i.test(index))
  assert.ok(!/<style|\sstyle=|\son[a-z]+=/i.test(index))
})

const get = (path: string, headers: Record<string, string> = {}) =>
  fetch(server.url + path, { headers, redirect: 'manual' })

test('a page is one document under a policy that lets nothing foreign in, with a nonce of its own', async () => {
  const [first, second] = await Promise.all([get('/workspace'), get('/')])
  for (const answer of [first, second]) {
    assert.equal(answer.status, 200)
    assert.match(answer.headers.get('content-type')!, /^text\/html/)
    assert.equal(answer.headers.get('cache-control'), 'no-cache')
    const policy = answer.headers.get('content-security-policy')!
    assert.match(policy, /default-src 'none'; script-src 'self';/)
    assert.ok(!/unsafe|data:|https?:|\*/.test(policy), policy)
    assert.match(policy, /frame-ancestors 'none'/)
    const nonce = /'nonce-([^']+)'/.exec(policy)![1]!
    assert.ok((await answer.text()).includes(`content="${nonce}"`))
  }
  assert.notEqual(
    first.headers.get('content-security-policy'),
    second.headers.get('content-security-policy'),
    'each answer has another nonce',
  )
})

test('files are kept for good by browsers, and come as small as each can take them', async () => {
  const index = await readFile(join(dist, 'index.html'), 'utf8')
  const script = /src="(\/assets\/[^"]+\.js)"/.exec(index)![1]!
  const plain = await readFile(join(dist, script))
  // The client here decodes by itself, so only the header tells how it came.
  for (const [accepted, coding] of [
    ['br, gzip', 'br'],
    ['gzip', 'gzip'],
    ['br;q=0, gzip', 'gzip'],
    ['identity', null],
  ] as const) {
    const answer = await get(script, { 'accept-encoding': accepted })
    assert.equal(answer.status, 200)
    assert.equal(answer.headers.get('content-encoding'), coding)
    assert.equal(answer.headers.get('cache-control'), 'public, max-age=31536000, immutable')
    assert.equal(answer.headers.get('x-content-type-options'), 'nosniff')
    assert.match(answer.headers.get('content-type')!, /^text\/javascript/)
    assert.ok(plain.equals(Buffer.from(await answer.arrayBuffer())))
  }
  const small = await stat(join(dist, `${script}.br`))
  assert.ok(small.size < plain.length / 3)
})

test('only pages are answered with a page: every other path stays what it was, and nothing outside is reached', async () => {
  const rows: readonly (readonly [string, number])[] = [
    ['/workspace/0b0f4d0e-2d4c-4b43-9d3a-7f1f1c9d7a11', 200],
    ['/workspace/a/b', 404],
    ['/nothing', 404],
    ['/workspace.html', 404],
    ['/api/nothing', 404],
    ['/api/workspace', 404],
    ['/assets/nothing.js', 404],
    ['/assets/../pages.json', 404],
    ['/assets/%2e%2e/index.html', 404],
    ['/assets/..%2findex.html', 404],
    ['/pages.json', 404],
    ['/manifest.json', 404],
    ['/index.html', 404],
    ['/built-from', 404],
  ]
  for (const [path, status] of rows) {
    const answer = await get(path)
    assert.equal(answer.status, status, path)
    if (status === 404) assert.match(answer.headers.get('content-type')!, /json/, path)
    await answer.body?.cancel()
  }
  const posted = await fetch(`${server.url}/workspace`, { method: 'POST' })
  assert.equal(posted.status, 404)
  const head = await fetch(`${server.url}/workspace`, { method: 'HEAD' })
  assert.equal(head.status, 200)
  assert.equal(await head.text(), '')
})

test('a build is made once for its sources', async () => {
  assert.equal(await buildConsole(), null)
})
