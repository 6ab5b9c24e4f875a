import fastifyCookie from '@fastify/cookie'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Deps } from '../deps.ts'
import { Problem } from '../errors.ts'

/** A program that is no browser says so with this header: no other site can make a browser send it without asking us first (CORS), and we never say yes. */
export const notFromAPage = 'x-c2m-csrf'

/**
 * Makes a scope safe for cookies: what changes something must come from our own pages, or from a program. Also signing
 * in is guarded, so that nobody can be signed in as somebody else unawares. Only JSON is read: a form, or JSON dressed
 * as text/plain, can be sent by any site without asking.
 */
export async function sameSite(app: FastifyInstance, deps: Deps): Promise<void> {
  if (!app.hasRequestDecorator('cookies')) await app.register(fastifyCookie)
  app.removeAllContentTypeParsers()
  const parse = app.getDefaultJsonParser('error', 'error')
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body: string, done) => {
    if (body === '') done(null, undefined)
    else parse(request, body, done)
  })
  const ours = new URL(deps.publicUrl).origin
  app.addHook('onRequest', async (request) => {
    if (request.method === 'GET' || request.method === 'HEAD') return
    if (!fromHere(request, ours)) throw new Problem('cross-site')
  })
}

/** Sec-Fetch-Site is the browser's own word and no page can forge it; older browsers send Origin; programs neither. */
export function fromHere(request: FastifyRequest, ours: string): boolean {
  const site = request.headers['sec-fetch-site']
  if (site !== undefined) return site === 'same-origin'
  const { origin } = request.headers
  if (origin !== undefined) return origin === ours
  return request.headers[notFromAPage] === '1'
}
