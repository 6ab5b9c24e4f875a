import type { FastifyInstance } from 'fastify'
import type { Deps } from '../deps.ts'
import { Problem } from '../errors.ts'
import { callerOfSession } from '../store/sessions.ts'
import { setCaller } from './callers.ts'
import { sameSite } from './same-site.ts'
import { sessionCookies } from './session-cookies.ts'

/**
 * Lets only people who are signed in into this scope, and only from our own pages. Call it first in the scope; its
 * routes then find the person with `callerOf(request, 'user')`. The session is read anew each time, so a disabled user
 * or a changed role takes effect with the next request (reliability TN-03).
 */
export async function requireSession(app: FastifyInstance, deps: Deps): Promise<void> {
  await sameSite(app, deps)
  const cookies = sessionCookies(deps)
  app.addHook('onRequest', async (request) => {
    const token = cookies.session(request)
    const caller = token === null ? null : await callerOfSession(deps.db, token)
    if (caller === null) throw new Problem('unauthenticated')
    setCaller(request, caller)
  })
}
