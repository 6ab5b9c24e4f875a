import assert from 'node:assert/strict'
import { after, before, mock, test } from 'node:test'
import { type TestBrand, testBrand } from '../../../test/test-brand.ts'
import { type TestServer, testServer } from '../../../test/test-server.ts'
import type { Deps } from '../../deps.ts'
import type { AccountConfig } from '../../domain/account.ts'
import { Problem } from '../../errors.ts'
import { brandRateLimit } from './rate-limit.ts'

let server: TestServer
before(async () => {
  server = await testServer()
})
after(() => server.close())

const configOf = async (brand: TestBrand) => (await server.deps.accounts.get(brand.accountId)) as AccountConfig
const several = (): Deps => ({ ...server.deps, config: { ...server.deps.config, processes: 'several' } })

/** How many of `times` simultaneous requests, spread over the checks, are let through. */
async function passed(checks: readonly ReturnType<typeof brandRateLimit>[], account: AccountConfig, times: number) {
  const outcomes = await Promise.allSettled(
    Array.from({ length: times }, (_, index) => checks[index % checks.length]!(account)),
  )
  for (const outcome of outcomes) {
    if (outcome.status === 'rejected') {
      assert.ok(outcome.reason instanceof Problem)
      assert.deepEqual([outcome.reason.code, outcome.reason.headers], ['rate-limited', { 'retry-after': '1' }])
    }
  }
  return outcomes.filter((outcome) => outcome.status === 'fulfilled').length
}

test('in one process: the brand’s own limit, and again after a second', async () => {
  const account = await configOf(await testBrand(server, { settings: { rateLimit: 7 } }))
  mock.timers.enable({ apis: ['Date', 'setTimeout'] })
  try {
    const check = brandRateLimit(server.deps)
    assert.equal(await passed([check], account, 20), 7)
    mock.timers.tick(999)
    assert.equal(await passed([check], account, 1), 0)
    mock.timers.tick(2)
    assert.equal(await passed([check], account, 20), 7)
  } finally {
    mock.timers.reset()
  }
})

test('thirty a second by default, also while no settings are saved', async () => {
  const account = { ...(await configOf(await testBrand(server))), settings: null }
  assert.equal(await passed([brandRateLimit(server.deps)], account, 50), 30)
})

test('several processes count together, in the database', async () => {
  const account = await configOf(await testBrand(server, { settings: { rateLimit: 10 } }))
  const other = await configOf(await testBrand(server, { settings: { rateLimit: 10 } }))
  const processes = [brandRateLimit(several()), brandRateLimit(several()), brandRateLimit(several())]
  mock.timers.enable({ apis: ['Date'], now: Date.now() })
  try {
    assert.equal(await passed(processes, account, 36), 10)
    assert.equal(await passed(processes, other, 5), 5)
    mock.timers.tick(1_001)
    assert.equal(await passed(processes, account, 12), 10)
  } finally {
    mock.timers.reset()
  }
})

test('a changed limit holds from the next request', async () => {
  const account = await configOf(await testBrand(server, { settings: { rateLimit: 5 } }))
  const check = brandRateLimit(server.deps)
  assert.equal(await passed([check], account, 8), 5)
  const wider = { ...account, settings: { ...account.settings!, rateLimit: 9 } }
  assert.ok((await passed([check], wider, 20)) >= 4)
})

test('a database that is away is a fault of ours, not a limit', async () => {
  const account = await configOf(await testBrand(server))
  const deps = several()
  const { db } = server.deps
  await db`alter table rate_limits rename to rate_limits_away`
  try {
    await assert.rejects(brandRateLimit(deps)(account), (error) => !(error instanceof Problem))
  } finally {
    await db`alter table rate_limits_away rename to rate_limits`
  }
})
