import assert from 'node:assert/strict'
import test from 'node:test'
import { ConfigProblem, readConfig } from './config.ts'

const wrong: readonly [Record<string, string>, RegExp][] = [
  [{ PORT: '99999' }, /^PORT is wrong: it must be a whole number from 0 to 65535\.$/],
  [{ PORT: '80a' }, /^PORT is wrong/],
  [{ PORT: '-1' }, /^PORT is wrong/],
  [{ PUBLIC_URL: 'c2m.example.com' }, /^PUBLIC_URL is wrong: it must be like https/],
  [{ PUBLIC_URL: 'https://c2m.example.com/base' }, /^PUBLIC_URL is wrong/],
  [{ PUBLIC_URL: 'https://my_host.example.com' }, /underscore/],
  [{ DATABASE_URL: 'mysql://localhost' }, /^DATABASE_URL is wrong: it must begin with postgres/],
  [{ C2M_SECRET_KEY: 'short' }, /^C2M_SECRET_KEY is wrong: it must be 32 random bytes/],
  [{ OPERATOR_TOKEN: 'guess-me' }, /^OPERATOR_TOKEN is wrong/],
  [{ REGION: 'eu' }, /^REGION is wrong: it must be va or lo or sy\.$/],
  [{ REGION_HOSTS: 'va' }, /^REGION_HOSTS is wrong/],
  [{ ELIGIBILITY_DEADLINE_MS: '10' }, /^ELIGIBILITY_DEADLINE_MS is wrong/],
  [{ ROLE: 'worker' }, /^DATABASE_URL is missing: ROLE splits/],
  [{ PROCESSES: 'several', DATABASE_URL: 'postgres://localhost/c2m' }, /^C2M_SECRET_KEY is missing/],
  [{ LOG_LEVEL: 'loud' }, /^LOG_LEVEL is wrong/],
]

for (const [env, sentence] of wrong) {
  test(`${JSON.stringify(env)} stops the start with a sentence`, () => {
    assert.throws(
      () => readConfig(env),
      (error: Error) => error instanceof ConfigProblem && sentence.test(error.message),
    )
  })
}

test('nothing given: the defaults of the design', () => {
  const config = readConfig({})
  assert.equal(config.port, 8080)
  assert.equal(config.host, '127.0.0.1')
  assert.equal(config.sandbox, true)
  assert.equal(config.eligibilityDeadlineMs, 1_200)
  assert.equal(config.inviteDeadlineMs, 5_000)
  assert.equal(config.role, 'all')
})

test('an outside database switches the sandbox off unless it is asked for', () => {
  assert.equal(readConfig({ DATABASE_URL: 'postgres://localhost/c2m' }).sandbox, false)
  assert.equal(readConfig({ DATABASE_URL: 'postgres://localhost/c2m', SANDBOX: 'on' }).sandbox, true)
})

test('an empty value counts as not given', () => {
  assert.equal(readConfig({ PORT: '', PUBLIC_URL: '' }).port, 8080)
})

test('no secret stands in the sentence about it', () => {
  assert.throws(
    () => readConfig({ C2M_SECRET_KEY: 'canary-secret-7d21' }),
    (error: Error) => !error.message.includes('canary'),
  )
})
