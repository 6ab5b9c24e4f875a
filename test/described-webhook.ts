import assert from 'node:assert/strict'
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'

interface Described {
  readonly webhooks: Record<string, { post: { requestBody: { content: Record<string, { schema: object }> } } }>
  readonly components: { readonly schemas: Record<string, object> }
}

/**
 * A check of what webhooks tell by the API's own description. It is stricter than a receiver should be: whatever is sent
 * must be described.
 * @param api the parsed `/openapi.json`. The returned function throws AssertionError for a body that is not as described.
 */
export function describedWebhook(api: unknown): (body: { readonly type: string } & Record<string, unknown>) => void {
  const { webhooks, components } = closed(api) as Described
  const ajv = new Ajv2020({ strict: false })
  addFormats.default(ajv)
  const checks = new Map<string, ValidateFunction>()
  for (const [type, { post }] of Object.entries(webhooks)) {
    const { schema } = post.requestBody.content['application/json']!
    checks.set(type, ajv.compile({ ...schema, components }))
  }
  return (body) => {
    const check = checks.get(body.type)
    assert.ok(check !== undefined, `${body.type} is not described`)
    assert.ok(check(body), `${body.type}: ${ajv.errorsText(check.errors)}`)
  }
}

/** The same schemas without room for fields that they do not name. */
function closed(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(closed)
  if (typeof schema !== 'object' || schema === null) return schema
  const within = Object.fromEntries(Object.entries(schema).map(([name, value]) => [name, closed(value)]))
  return 'properties' in schema && 'type' in schema && schema.type === 'object'
    ? { ...within, additionalProperties: false }
    : within
}
