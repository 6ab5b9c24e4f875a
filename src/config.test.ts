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
  [{ C2M_SECRET_KEY: `!!!!${'A'.repeat(43)}=!!` }, /^C2M_SECRET_KEY is wrong: it must be 32 random bytes/],
  [{ PUBLIC_URL: 'https://user:word@c2m.example.com' }, /^PUBLIC_URL is wrong: it must be like https/],
  [{ DATABASE_URL: 'postgres://c2m:word#1/x@host/c2m' }, /^DATABASE_URL is wrong: it must be like postgres.*%23/],
  [{ DATABASE_URL: 'postgres://c2m@host:99999/c2m' }, /^DATABASE_URL is wrong: it must be like postgres/],
  [{ DATABASE_URL: 'postgres://c2m:word%zz@host/c2m' }, /^DATABASE_URL is wrong: it must be like postgres.*%25/],
  [{ TRUSTED_PROXIES: 'nonsense' }, /^TRUSTED_PROXIES is wrong: "nonsense" is no address/],
  [{ TRUSTED_PROXIES: '127.0.0.1, 10.0.0.0/99' }, /^TRUSTED_PROXIES is wrong: "10\.0\.0\.0\/99" is no address/],
  [{ TRUSTED_PROXIES: 'fd00::/0' }, /^TRUSTED_PROXIES is wrong/],
  [{ TRUSTED_PROXIES: '10.0.0.0/8/8' }, /^TRUSTED_PROXIES is wrong/],
  [{ REGION_HOSTS: 'va=x=y' }, /^REGION_HOSTS is wrong/],
  [{ EXPORT_FOLDER: import.meta.filename }, /^EXPORT_FOLDER is wrong: there is a file/],
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

test('what looks unusual and is right is taken', () => {
  const url = 'postgres://c2m:word%231@host/c2m?sslmode=require'
  assert.equal(readConfig({ DATABASE_URL: url }).databaseUrl, url)
  assert.equal(readConfig({ DATABASE_URL: 'postgres:///c2m?host=/run/c2m' }).databaseUrl?.length, 29)
  const proxies = ['10.0.0.0/8', '::1', 'fd00::/64', 'loopback']
  assert.deepEqual(readConfig({ TRUSTED_PROXIES: proxies.join(', ') }).trustedProxies, proxies)
  const key = Buffer.alloc(32, 251)
  for (const form of ['base64', 'base64url'] as const)
    assert.deepEqual(readConfig({ C2M_SECRET_KEY: `${key.toString(form)}\n` }).secretKey, key)
  assert.equal(readConfig({ EXPORT_FOLDER: '/nowhere/yet' }).exportFolder, '/nowhere/yet')
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
