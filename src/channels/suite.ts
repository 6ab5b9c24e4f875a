import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { hooksStoredOnce } from '../../test/hooks-stored-once.ts'
import type { Sender } from '../domain/sender.ts'
import { type Connector, type Heard, type RawHook, Unauthentic } from './connector.ts'
import { type FailureKind, failures } from './failures.ts'
import type { Exchange } from './http.ts'

export interface SuiteOptions {
  /** A sender whose settings are good. */
  readonly sender: Sender
  /** Values that must never stand in a recorded exchange: the sender's secrets, and what the provider derives from them. */
  readonly secrets: readonly string[]
  /** Folder of captured webhooks: one JSON file each, `{"hook": {method, url, headers, body}, "heard": [...]}`. */
  readonly fixtures?: URL
  /** The hook as the provider would sign it, or with another secret. */
  readonly sign?: (hook: RawHook, genuine: boolean) => RawHook
  /** For a provider that signs the body alone: another address is then no forgery. */
  readonly signsBodyOnly?: boolean
  /** For every kind of failure the connector can give: a deed that brings it about at a real server and answers what was given. */
  readonly provoke: Readonly<Partial<Record<FailureKind, () => Promise<FailureKind>>>>
  /** Kinds the connector's own tables name; each must be in `provoke`. */
  readonly claims: readonly FailureKind[]
  /** Every exchange recorded while the deeds of `provoke` ran. */
  readonly exchanges: () => readonly Exchange[]
}

/**
 * What every connector must pass, whatever provider it speaks to: its captured webhooks parse to what is expected, a
 * wrong signature is refused, garbage never crashes it, every failure it claims can happen, no secret is recorded.
 */
export function connectorSuite(connector: Connector, options: SuiteOptions): void {
  describe(`every connector: ${connector.name}`, () => {
    test('takes good settings, refuses empty ones in sentences', () => {
      assert.deepEqual(connector.checkSender(options.sender), [])
      if (((connector.settings as { required?: readonly string[] }).required ?? []).length === 0) return
      const problems = connector.checkSender({ address: options.sender.address, settings: {} })
      assert.ok(problems.length > 0)
      for (const sentence of problems) assert.match(sentence, /^[A-Z].*\.$/)
    })

    for (const [name, fixture] of fixturesIn(options.fixtures)) {
      test(`fixture ${name} parses to what is expected`, () => {
        assert.deepEqual(asJson(connector.hooks!.parse(fixture.hook, options.sender)), fixture.heard)
      })
      test(`fixture ${name}: the right signature passes, others are refused`, () => {
        const { hooks } = connector
        const genuine = options.sign!(fixture.hook, true)
        hooks!.verify(genuine, options.sender)
        const headers = Object.fromEntries(Object.entries(genuine.headers).filter(([key]) => !/signature/i.test(key)))
        const altered = Buffer.concat([genuine.body, Buffer.from('&x=1')])
        const forged = [
          options.sign!(fixture.hook, false),
          { ...genuine, headers },
          { ...genuine, body: altered },
          ...(options.signsBodyOnly
            ? []
            : [{ ...genuine, url: `${genuine.url}${genuine.url.includes('?') ? '&' : '?'}x=1` }]),
        ]
        for (const hook of forged) assert.throws(() => hooks!.verify(hook, options.sender), Unauthentic)
      })
      test(`fixture ${name}: the same hook twice says the same`, () => {
        const { parse } = connector.hooks!
        assert.deepEqual(parse(fixture.hook, options.sender), parse(fixture.hook, options.sender))
      })
    }

    if (connector.hooks) {
      test('a whole server: a wrong signature stores nothing, the same webhook twice is stored once', async () => {
        const hooks = fixturesIn(options.fixtures).map(([name, { hook }]) => [name, hook] as const)
        assert.ok((await hooksStoredOnce(connector, options.sender, hooks, options.sign!)) > 0, 'nothing was stored')
      })
      test('garbage never crashes parse, and nothing is heard from it', () => {
        const { parse } = connector.hooks!
        fc.assert(
          fc.property(garbage(fixturesIn(options.fixtures).map(([, { hook }]) => hook)), (hook) => {
            for (const heard of parse(hook, options.sender)) assert.equal(typeof heard.kind, 'string')
          }),
          { numRuns: 300 },
        )
      })
      test('garbage never passes verify, and fails as unauthentic only', () => {
        const { verify } = connector.hooks!
        fc.assert(
          fc.property(garbage([]), (hook) => {
            assert.throws(() => verify(hook, options.sender), Unauthentic)
          }),
          { numRuns: 100 },
        )
      })
    }

    test('claims only what can be brought about', () => {
      const missing = options.claims.filter((kind) => options.provoke[kind] === undefined)
      assert.deepEqual(missing, [])
    })
    for (const [kind, deed] of Object.entries(options.provoke)) {
      test(`failure ${kind} is reachable`, async () => {
        assert.ok(Object.hasOwn(failures, kind))
        assert.equal(await deed(), kind)
      })
    }

    test('no secret stands in any recorded exchange', () => {
      const exchanges = options.exchanges()
      assert.ok(exchanges.length > 0, 'no exchange was recorded at all')
      const kept = JSON.stringify(exchanges)
      for (const secret of options.secrets)
        for (const form of [secret, encodeURIComponent(secret), Buffer.from(secret).toString('base64')])
          assert.ok(!kept.includes(form))
    })
  })
}

interface Fixture {
  readonly hook: RawHook
  readonly heard: unknown
}

function fixturesIn(folder: URL | undefined): readonly (readonly [string, Fixture])[] {
  if (!folder) return []
  const files = readdirSync(folder).filter((name) => name.endsWith('.json'))
  assert.ok(files.length > 0, 'a connector that is called needs captured webhooks')
  return files.sort().map((name) => {
    const { hook, heard } = JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as {
      hook: Omit<RawHook, 'body'> & { body: string }
      heard: unknown
    }
    return [name, { hook: { ...hook, body: Buffer.from(hook.body) }, heard }]
  })
}

/** Random requests, and true ones with one byte of the body changed or cut off. */
function garbage(hooks: readonly RawHook[]): fc.Arbitrary<RawHook> {
  const random = fc.record({
    method: fc.constantFrom('POST', 'GET'),
    url: fc.webUrl({ withQueryParameters: true }),
    headers: fc.record({
      'content-type': fc.constantFrom('application/x-www-form-urlencoded', 'application/json', 'text/plain', ''),
      'x-twilio-signature': fc.string(),
      'x-hub-signature-256': fc.string(),
    }),
    body: fc.oneof(
      fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
      fc.json().map((text) => Buffer.from(text)),
      fc.dictionary(fc.string(), fc.string()).map((fields) => Buffer.from(new URLSearchParams(fields).toString())),
    ),
  })
  if (hooks.length === 0) return random
  const damaged = fc
    .tuple(fc.constantFrom(...hooks), fc.nat(), fc.nat(255), fc.boolean())
    .map(([hook, at, byte, cut]) => {
      const index = hook.body.length === 0 ? 0 : at % hook.body.length
      const body = cut ? hook.body.subarray(0, index) : Buffer.from(hook.body)
      if (!cut && body.length > 0) body[index] = byte
      return { ...hook, body }
    })
  return fc.oneof(random, damaged)
}

function asJson(heard: readonly Heard[]): unknown {
  return JSON.parse(JSON.stringify(heard))
}
