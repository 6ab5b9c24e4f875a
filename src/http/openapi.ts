import swagger from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import type { FastifyInstance } from 'fastify'
import { apiDescription } from './openapi-description.ts'
import { webhookDescriptions, webhookSchemas } from './webhook-descriptions.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The body as OpenAPI shows it, where the door's own schema checks less than its action does. */
    readonly documentedBody?: unknown
  }
}

/** The page brings everything along: nothing is loaded from elsewhere, no script stands in it, and it talks to us alone. */
const pagePolicy = {
  'default-src': ["'none'"],
  'script-src': ["'self'"],
  // By its hash the one style element that Swagger UI writes itself; another version's is refused, and the page does without.
  'style-src': ["'self'", "'sha256-RL3ie0nH+Lzz2YNqQN83mnU0J1ot4QL7b99vMdIX99w='"],
  'img-src': ["'self'", 'data:'],
  'font-src': ["'self'"],
  'connect-src': ["'self'"],
  'form-action': ["'none'"],
  'base-uri': ["'none'"],
  'frame-ancestors': ["'none'"],
}

/**
 * Describes every route by its own schemas: OpenAPI 3.1 at `/openapi.json`, a page to read and try it at `/docs`.
 * Must be awaited before the routes are added.
 */
export async function openapi(app: FastifyInstance): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Connect to Messaging',
        version: '2.0',
        description: apiDescription,
        license: { name: 'MIT', identifier: 'MIT' },
      },
      // Relative: the page and whoever reads the file reach the server by the host they found it at.
      servers: [{ url: '/' }],
      tags: [
        { name: 'Connect to Messaging', description: 'What an IVR calls: may we offer messaging, and then: offer it.' },
        { name: 'Tokens', description: 'AppJWTs and the keys that sign them.' },
        { name: 'Domain lookup', description: 'Which host serves an account.' },
        {
          name: 'Reporting',
          description: 'What a brand’s systems ask: what became of calls, and which handoffs there are.',
        },
        { name: 'Webhooks', description: 'Where a brand’s own systems hear of its events (docs/webhooks.md).' },
        { name: 'In-app', description: 'What a brand’s app calls: register a device, read and write, listen.' },
      ],
      webhooks: webhookDescriptions as never,
      components: {
        schemas: webhookSchemas as never,
        securitySchemes: {
          consumerToken: {
            type: 'http',
            scheme: 'bearer',
            bearerFormat: 'JWT',
            description:
              'The brand’s word for a consumer: `token` of the consumer-token operation, good for five minutes.',
          },
          deviceToken: {
            type: 'http',
            scheme: 'bearer',
            description: '`deviceToken` of the registration: one device of one consumer in one app.',
          },
          appJwt: {
            type: 'http',
            scheme: 'bearer',
            bearerFormat: 'JWT',
            description: 'An AppJWT of the token operation: paste its `access_token`.',
          },
          oauth1: {
            type: 'apiKey',
            in: 'header',
            name: 'Authorization',
            description:
              'An API key as an OAuth 1.0a header (RFC 5849): `OAuth oauth_consumer_key="…", oauth_token="…", oauth_signature_method="HMAC-SHA1", oauth_timestamp="…", oauth_nonce="…", oauth_version="1.0", oauth_signature="…"`. HMAC-SHA1 or HMAC-SHA256 over the public URL with its query; the clock within 300 seconds; each nonce once. `oauth_body_hash` is verified when sent. Every request needs a new signature, so this page cannot make one: use a client such as npm’s `oauth-1.0a`.',
          },
        },
      },
    },
    // A route may check less at its door than it describes: the rest is its action's, with better words for a fault.
    transform: ({ schema, url, route }) => {
      const documentedBody = route.config?.documentedBody
      return { url, schema: documentedBody === undefined ? schema : { ...schema, body: documentedBody } }
    },
  })

  app.get('/openapi.json', { schema: { hide: true } }, () => app.swagger())

  await app.register(swaggerUi, {
    routePrefix: '/docs',
    staticCSP: pagePolicy,
    theme: { title: 'Connect to Messaging: API' },
    uiConfig: { deepLinking: true, tryItOutEnabled: true, persistAuthorization: false, displayRequestDuration: true },
    logo: { type: 'image/svg+xml', content: wordmark },
  })
}

const wordmark =
  '<svg xmlns="http://www.w3.org/2000/svg" width="320" height="40"><text x="0" y="27" font-family="sans-serif" font-size="21" fill="#fff">Connect to Messaging</text></svg>'
