import assert from 'node:assert/strict'
import { randomInt } from 'node:crypto'
import { testBrand } from './test-brand.ts'
import { testServer } from './test-server.ts'
import { type Answer, ask, testUser } from './test-user.ts'

const operatorToken = 'an-operator-token-of-the-tests-long-enough'

export type AdminStage = Awaited<ReturnType<typeof adminStage>>

/** A brand that is being set up, by its administrator and by the operator, beside another brand. */
export async function adminStage() {
  const server = await testServer({ env: { OPERATOR_TOKEN: operatorToken } })
  const brand = await testBrand(server)
  const other = await testBrand(server)
  const boss = await testUser(server, brand.accountId, 'administrator')
  const pathOf = (path: string, accountId = brand.accountId) => `/api/admin/accounts/${accountId}${path}`
  return {
    ...{ server, brand, other, boss },
    /** As the brand's administrator. */
    call: (method: string, path: string, body?: unknown) => boss.ask(method, pathOf(path), body),
    asOperator: (method: string, path: string, body?: unknown, accountId = brand.accountId) =>
      ask(server.url + pathOf(path, accountId), method, body, { authorization: `Bearer ${operatorToken}` }),
    /** What the next request goes by. */
    config: async () => (await server.deps.accounts.get(brand.accountId))!,
    close: () => server.close(),
  }
}

/** A number that no sender has. */
export const newNumber = () => `+1206${randomInt(2_000_000, 9_999_999)}`

/** The secret of every sender made by `twilioSender`. */
export const authToken = 'the-token-that-signs-webhooks'

/** A sender as it is sent in. */
export const twilioSender = (address = newNumber()) => ({
  connector: 'sms-twilio',
  address,
  title: `Number ${address}`,
  settings: { accountSid: `AC${'0'.repeat(32)}`, authToken },
})

/** Refused as invalid, with a detail that says the sentence. */
export function refused(answer: Answer, sentence: RegExp, what?: string): void {
  assert.equal(answer.status, 400, what)
  assert.equal(answer.body.code, 'invalid-request', what)
  assert.match(((answer.body.details ?? []) as string[]).join(' '), sentence, what)
}
