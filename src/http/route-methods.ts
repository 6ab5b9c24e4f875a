import type { FastifyInstance, FastifyRequest, HTTPMethods } from 'fastify'
import findMyWay from 'find-my-way'
import { Problem } from '../errors.ts'

/**
 * Tells "no such path" (404) from "not by this method" (405 with `Allow`, RFC 9110 section 15.5.6): the framework
 * answers 404 to both. Must be called before any route is added.
 */
export function routeMethods(app: FastifyInstance): { problemFor(request: FastifyRequest): Problem } {
  const router = findMyWay({ caseSensitive: true, ignoreTrailingSlash: false, maxParamLength: 100 })
  const known = new Set<HTTPMethods>()
  app.addHook('onRoute', (route) => {
    for (const method of [route.method].flat() as HTTPMethods[]) {
      if (router.hasRoute(method as never, route.url)) continue
      router.on(method as never, route.url, () => {})
      known.add(method)
    }
  })
  return {
    problemFor(request) {
      const path = request.raw.url?.split('?', 1)[0] ?? '/'
      const allowed = [...known].filter((method) => router.find(method as never, path) !== null)
      if (allowed.length === 0) return new Problem('not-found')
      return new Problem('method-not-allowed', { headers: { allow: allowed.sort().join(', ') } })
    },
  }
}
