import type { Static, TObject } from 'typebox'

/**
 * The fields that the contract names, and nothing else of the body: an unknown field is ignored, so it must not reach
 * an action where it could pass for something of ours.
 */
export function namedFields<S extends TObject>(schema: S, body: Static<S>): Static<S> {
  const given = body as Record<string, unknown>
  const names = Object.keys(schema.properties).filter((name) => Object.hasOwn(given, name))
  return Object.fromEntries(names.map((name) => [name, given[name]])) as Static<S>
}
