import type {} from '@fastify/cookie'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Deps } from '../deps.ts'
import { sessionHours } from '../store/sessions.ts'

/**
 * The two cookies of this site. `__Host-` binds them to this very host, to https and to `/`, so that no sister domain
 * can plant one; browsers allow the prefix over https only. SameSite=Strict costs nothing here: the page itself needs
 * no cookie, and what it fetches afterwards is same-site even when a link from elsewhere led to it.
 */
export function sessionCookies(deps: Pick<Deps, 'publicUrl'>) {
  const secure = deps.publicUrl.startsWith('https:')
  const prefix = secure ? '__Host-' : ''
  const names = { session: `${prefix}c2m-session`, browser: `${prefix}c2m-browser` }
  const common = { path: '/', httpOnly: true, sameSite: 'strict', secure } as const
  return {
    names,
    session: (request: FastifyRequest): string | null => request.cookies[names.session] ?? null,
    browser: (request: FastifyRequest): string | null => request.cookies[names.browser] ?? null,
    set(reply: FastifyReply, tokens: { sessionToken: string; browserToken: string }): void {
      reply.setCookie(names.session, tokens.sessionToken, { ...common, maxAge: sessionHours.absolute * 3600 })
      reply.setCookie(names.browser, tokens.browserToken, { ...common, maxAge: 180 * 24 * 3600 })
    },
    clear(reply: FastifyReply): void {
      reply.clearCookie(names.session, common)
    },
  }
}
