import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import { describedWebhook } from '../../test/described-webhook.ts'
import { appJwt, callIvr } from '../../test/ivr-client.ts'
import { testBrand } from '../../test/test-brand.ts'
import { type TestServer, testServer } from '../../test/test-server.ts'
import { webhookEventTypes, webhookTestType } from '../domain/webhook.ts'

interface Operation {
  tags?: string[]
  summary?: string
  description?: string
  security?: Record<string, string[]>[]
  requestBody?: { content: Record<string, { schema: Record<string, unknown>; example?: unknown }> }
  responses: Record<string, { description: string; content?: Record<string, { schema: Record<string, unknown> }> }>
}
interface OpenApi {
  webhooks: Record<string, { post: Operation }>
  openapi: string
  servers: { url: string }[]
  paths: Record<string, Record<string, Operation>>
  components: { securitySchemes: Record<string, { type: string; scheme?: string; description?: string }> }
}

let server: TestServer
let api: OpenApi
before(async () => {
  server = await testServer()
  api = (await (await fetch(`${server.url}/openapi.json`)).json()) as OpenApi
})
after(() => server.close())

const ivrPaths = {
  '/api/account/{accountId}/eligibility': 'post',
  '/api/account/{accountId}/invite': 'post',
  '/sentinel/api/account/{accountId}/app/token': 'post',
  '/sentinel/api/v2/account/{accountId}/app/token': 'post',
  '/sentinel/well-known/jwks': 'get',
  '/api/account/{accountId}/service/{serviceName}/baseURI.json': 'get',
  '/api/account/{accountId}/service/baseURI.json': 'get',
}
const operation = (path: keyof typeof ivrPaths) => api.paths[path]![ivrPaths[path]]!
const bodyOf = (path: keyof typeof ivrPaths) => operation(path).requestBody!.content['application/json']!

test('OpenAPI 3.1, reached by the host it was read from', () => {
  assert.equal(api.openapi, '3.1.0')
  assert.deepEqual(api.servers, [{ url: '/' }])
  assert.deepEqual(Object.keys(api.components.securitySchemes).sort(), [
    'appJwt',
    'consumerToken',
    'deviceToken',
    'oauth1',
  ])
  assert.match(api.components.securitySchemes.oauth1!.description!, /HMAC-SHA1/)
})

test('every operation that is shown has a tag, a summary, and described answers', () => {
  for (const [path, methods] of Object.entries(api.paths)) {
    for (const [method, { tags, summary, responses }] of Object.entries(methods)) {
      assert.ok(tags?.length && summary, `${method} ${path}`)
      assert.ok(Object.keys(responses).length > 0, `${method} ${path}`)
    }
  }
})

test('the IVR’s operations name their errors with examples, and who may call them', () => {
  for (const path of Object.keys(ivrPaths) as (keyof typeof ivrPaths)[]) assert.ok(operation(path).security, path)
  for (const path of ['/api/account/{accountId}/eligibility', '/api/account/{accountId}/invite'] as const) {
    const { responses, security } = operation(path)
    assert.deepEqual(security, [{ appJwt: [] }, { oauth1: [] }])
    for (const status of ['400', '401', '403', '404', '413', '415', '429', '500']) {
      const { description, content } = responses[status]!
      assert.notEqual(description, 'Default Response', `${path} ${status}`)
      assert.ok(JSON.stringify(content).includes('"errorCode":'), `${path} ${status}`)
    }
  }
})

test('the schemas are good JSON Schema, and the body’s examples pass them', () => {
  const ajv = new Ajv2020({ strict: false })
  addFormats.default(ajv)
  for (const methods of Object.values(api.paths)) {
    for (const { requestBody, responses } of Object.values(methods)) {
      for (const { content } of Object.values(responses)) {
        for (const { schema } of Object.values(content ?? {})) if (schema) ajv.compile(schema)
      }
      for (const { schema, example } of Object.values(requestBody?.content ?? {})) {
        const check = ajv.compile(schema)
        if (example !== undefined) assert.ok(check(example), ajv.errorsText(check.errors))
      }
    }
  }
  assert.ok(bodyOf('/api/account/{accountId}/invite').example)
  const properties = bodyOf('/api/account/{accountId}/eligibility').schema.properties as Record<string, unknown>
  assert.ok(JSON.stringify(properties.sdes).includes('lastPaymentDate'), 'the fields of SDEs are described')
})

test('every event of webhooks is described, and no other', () => {
  const { [webhookTestType]: tried, ...events } = api.webhooks
  const summaries = Object.entries(events).map(([type, { post }]) => [type, post.summary])
  assert.deepEqual(Object.fromEntries(summaries), webhookEventTypes)
  assert.ok(tried)
  // What is described asks something of a body: nothing is right that is not an event of this kind.
  const asDescribed = describedWebhook(api)
  const bare = { timestamp: new Date().toISOString(), sequence: 1, data: { accountId: '1' } }
  asDescribed({ type: webhookTestType, ...bare })
  for (const type of Object.keys(events)) assert.throws(() => asDescribed({ type, ...bare }), /required/)
  assert.throws(() => asDescribed({ type: webhookTestType, ...bare, more: 1 }), /additional/)
})

test('the example of eligibility is understood by the server', async () => {
  const brand = await testBrand(server)
  const example = bodyOf('/api/account/{accountId}/eligibility').example as Record<string, unknown>
  assert.deepEqual(example, { consumerPhoneNumber: '+12065551004', handoffId: 'H000000000000001', skill: 'support' })
  const answer = await callIvr(server, brand, 'eligibility', {
    body: { ...example, handoffId: brand.handoffId },
    headers: { authorization: `Bearer ${await appJwt(server, brand)}` },
  })
  assert.equal(answer.status, 200)
})

test('the page is self-contained: no inline script, nothing from elsewhere', async () => {
  for (const path of ['/docs', '/docs/', '/docs/static/swagger-initializer.js', '/docs/static/swagger-ui.css']) {
    const response = await fetch(server.url + path)
    await response.arrayBuffer()
    assert.equal(response.status, 200, path)
    const policy = response.headers.get('content-security-policy') ?? ''
    for (const rule of ["default-src 'none'", "script-src 'self';", "connect-src 'self'", "frame-ancestors 'none'"]) {
      assert.ok(policy.includes(rule), `${path} ${rule}`)
    }
    assert.equal(/https?:|unsafe|\*/.test(policy), false)
  }
  const page = await (await fetch(`${server.url}/docs`)).text()
  const links = [...page.matchAll(/(?:src|href)="([^"]+)"/g)].map((match) => match[1]!)
  assert.ok(links.length >= 5)
  for (const link of links) {
    assert.ok(link.startsWith('/docs/static/'), link)
    const response = await fetch(server.url + link)
    await response.arrayBuffer()
    assert.equal(response.status, 200, link)
  }
  assert.equal(/<script(?![^>]* src=)/.test(page), false)
})
