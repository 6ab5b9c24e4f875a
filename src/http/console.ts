import { randomBytes } from 'node:crypto'
import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { FastifyReply, FastifyRequest } from 'fastify'

const types: Readonly<Record<string, string>> = {
  css: 'text/css; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  svg: 'image/svg+xml',
  woff2: 'font/woff2',
}

/** A build of the console, as it lies in its folder. */
interface Built {
  readonly madeAt: number
  /** With the place where an answer's nonce goes. */
  readonly index: string
  readonly pages: RegExp
  readonly assets: ReadonlySet<string>
}

/**
 * Answers what no route has: the console's pages and their files. It stands behind all routes, so that it can never hide
 * one, and answers only the paths that the build lists (`pages.json`): everything else stays a 404, in JSON.
 */
export function consoleFiles(folder: string): {
  /** False: it is none of the console's paths. */
  answer(request: FastifyRequest, reply: FastifyReply): Promise<boolean>
} {
  let built: Built | null = null
  let looking: Promise<Built | null> | null = null

  /** The build that is there now; another one, put in place while the server runs, is noticed. */
  const current = (): Promise<Built | null> => {
    looking ??= look(folder, built)
      .catch(() => null)
      .finally(() => {
        looking = null
      })
    return looking.then((found) => {
      built = found
      return found
    })
  }

  return {
    async answer(request, reply) {
      if (request.method !== 'GET' && request.method !== 'HEAD') return false
      const path = request.raw.url?.split('?', 1)[0] ?? '/'
      if (path.startsWith('/assets/')) {
        const name = path.slice('/assets/'.length)
        const known = built?.assets.has(name) ? built : await current()
        if (known === null || !known.assets.has(name)) return false
        await sendAsset(folder, known, name, request, reply)
        return true
      }
      // An address with a dot is a file's, and one under /api a program's: neither is ever a page.
      if (!/^\/[\w/-]*$/.test(path) || /^\/(api|sentinel)\//.test(path)) return false
      const known = await current()
      if (known === null) return path === '/' ? sendUnbuilt(reply) : false
      if (!known.pages.test(path)) return false
      sendPage(known, reply)
      return true
    },
  }
}

async function look(folder: string, known: Built | null): Promise<Built | null> {
  const madeAt = (await stat(join(folder, 'pages.json'))).mtimeMs
  if (known?.madeAt === madeAt) return known
  const [index, pages, names] = await Promise.all([
    readFile(join(folder, 'index.html'), 'utf8'),
    readFile(join(folder, 'pages.json'), 'utf8'),
    readdir(join(folder, 'assets')),
  ])
  const patterns = (JSON.parse(pages) as string[]).map((page) => page.replace(/\$\w+/g, '[\\w-]+'))
  return { madeAt, index, pages: new RegExp(`^(${patterns.join('|')})$`), assets: new Set(names) }
}

/**
 * Their names hold a hash of their content, so a browser may keep them for good. What was made smaller at the build is
 * sent so, to whom it may be.
 */
async function sendAsset(
  folder: string,
  { assets }: Built,
  name: string,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<void> {
  const accepted = String(request.headers['accept-encoding'] ?? '')
  const coding = (['br', 'gzip'] as const).find(
    (one) =>
      new RegExp(`\\b${one}\\b(?!\\s*;\\s*q=0(?!\\.\\d*[1-9]))`).test(accepted) && assets.has(name + ending[one]),
  )
  const bytes = await readFile(join(folder, 'assets', coding === undefined ? name : name + ending[coding]))
  if (coding !== undefined) reply.header('content-encoding', coding)
  await reply
    .code(200)
    .headers({
      'content-type': types[name.split('.').pop()!] ?? 'application/octet-stream',
      'cache-control': 'public, max-age=31536000, immutable',
      vary: 'accept-encoding',
      'x-content-type-options': 'nosniff',
      'cross-origin-resource-policy': 'same-origin',
    })
    .send(bytes)
}

const ending = { br: '.br', gzip: '.gz' } as const

/**
 * The one document behind every page. Its policy: scripts, fonts and pictures from here only, and none within the
 * document; nothing that was written by a consumer could run even if it came to stand in the page as markup.
 *
 * `style-src` has a nonce besides 'self' because Mantine writes its colours and responsive sizes into style elements
 * while the page runs; it is new with each answer, and styles in markup (`style="…"`) stay forbidden. `blob:` is for
 * files that an agent is about to send, shown before they are.
 */
function sendPage({ index }: Built, reply: FastifyReply): void {
  const nonce = randomBytes(16).toString('base64')
  void reply
    .code(200)
    .headers({
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-cache',
      'content-security-policy': [
        "default-src 'none'",
        "script-src 'self'",
        `style-src 'self' 'nonce-${nonce}'`,
        "img-src 'self' blob:",
        "font-src 'self'",
        "connect-src 'self'",
        "media-src 'self' blob:",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
      ].join('; '),
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'referrer-policy': 'no-referrer',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
      'permissions-policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()',
    })
    .send(index.replace('%STYLE_NONCE%', nonce))
}

function sendUnbuilt(reply: FastifyReply): boolean {
  void reply
    .code(503)
    .headers({ 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' })
    .send('The console has not been built: run "npm ci" in the server’s folder, then load this page again.\n')
  return true
}
