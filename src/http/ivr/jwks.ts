import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import type { SigningKeys } from '../../store/signing-keys.ts'

const jwk = Type.Object({
  kty: Type.Literal('RSA'),
  kid: Type.String({ examples: ['appjwt-22-11-2026'] }),
  use: Type.Literal('sig'),
  alg: Type.Literal('RS256'),
  n: Type.String(),
  e: Type.String(),
})

/** The public keys of AppJWTs (RFC 7517), also of a retired key while its last token may live. */
export function jwks(scope: FastifyInstance, { keys }: { keys: SigningKeys }): void {
  scope.get(
    '/well-known/jwks',
    {
      schema: {
        tags: ['Tokens'],
        summary: 'Public keys of AppJWTs',
        response: { 200: Type.Object({ keys: Type.Array(jwk) }) },
        security: [],
      },
    },
    async (_request, reply) => {
      reply.header('cache-control', 'public, max-age=300')
      return { keys: await keys.jwks() }
    },
  )
}
