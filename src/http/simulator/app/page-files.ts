import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { FastifyInstance } from 'fastify'

export const pageUrl = '/simulator/app'

const page = join(import.meta.dirname, 'page')
const library = join(import.meta.dirname, '../../../../sdk/inapp')
const types = { html: 'text/html', css: 'text/css', js: 'text/javascript', svg: 'image/svg+xml' } as const

/** Every file of the page by its path, so that none but these can be asked for. */
const files: Readonly<Record<string, string>> = {
  '': join(page, 'index.html'),
  '/app.css': join(page, 'app.css'),
  '/app.js': join(page, 'app.js'),
  '/brand-phone.js': join(page, 'brand-phone.js'),
  '/icon.svg': join(page, 'icon.svg'),
  '/service-worker.js': join(library, 'service-worker.js'),
  ...Object.fromEntries(
    ['index', 'inbox', 'kept', 'push', 'requests', 'stream'].map((name) => [
      `/sdk/${name}.js`,
      join(library, `${name}.js`),
    ]),
  ),
}

const headers = {
  // Everything comes from here but the pictures that agents send; nothing stands in the page itself, and nobody frames it.
  'content-security-policy': [
    "default-src 'none'",
    "img-src 'self' https:",
    ...['script-src', 'style-src', 'connect-src', 'worker-src'].map((kind) => `${kind} 'self'`),
    ...['base-uri', 'form-action', 'frame-ancestors'].map((kind) => `${kind} 'none'`),
  ].join('; '),
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cache-control': 'no-cache',
  // The worker lies below the page it serves.
  'service-worker-allowed': pageUrl,
}

/** The page that plays the brand's app, and the library it is made with, as they lie on the disk. */
export function pageFiles(app: FastifyInstance): void {
  for (const [path, file] of Object.entries(files)) {
    const type = types[file.slice(file.lastIndexOf('.') + 1) as keyof typeof types]
    app.get(pageUrl + path, { schema: { hide: true } }, async (_request, reply) =>
      reply
        .type(`${type}; charset=utf-8`)
        .headers(headers)
        .send(await readFile(file)),
    )
  }
}
