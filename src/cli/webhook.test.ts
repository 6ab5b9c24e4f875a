import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { type TestBrand, testBrand } from '../../test/test-brand.ts'
import { testConversation } from '../../test/test-conversation.ts'
import { type TestServer, testServer } from '../../test/test-server.ts'
import { verify, type WebhookReceiver, webhookReceiver } from '../../test/webhook-receiver.ts'
import { sendWebhooks } from '../actions/send-webhooks.ts'
import { type Given, Mistake } from './command.ts'
import { operatorApi } from './operator-api.ts'
import { webhookCommands } from './webhook.ts'

const OPERATOR_TOKEN = 'an-operator-token-of-the-tests-long-enough'
let server: TestServer
let brand: TestBrand
let receiver: WebhookReceiver
before(async () => {
  server = await testServer({ env: { OPERATOR_TOKEN } })
  brand = await testBrand(server)
  receiver = await webhookReceiver()
})
after(async () => {
  await server.close()
  await receiver.close()
})

/** One command, as the command line runs it after reading the arguments. */
function c2m(name: string, words: readonly string[] = [], given: Given = {}) {
  const env = { OPERATOR_TOKEN }
  const command = webhookCommands.find((one) => one.name === `webhook ${name}`)!
  return command.run({
    ...{ words, env, given: { account: brand.accountId, ...given } },
    api: () => operatorApi(env, server.url),
  })
}
async function send(): Promise<void> {
  await sendWebhooks(server.deps, new Map())
  await Promise.allSettled(server.deps.background)
}

test('an endpoint is made, tried, changed, paused, told again and removed', async () => {
  assert.equal((await c2m('list')).text, 'There are no webhooks.')
  const made = await c2m('add', ['CRM'], { endpoint: receiver.url, event: ['conversation.opened', 'invite.replied'] })
  const { secret } = made.json as { secret: string }
  assert.match(made.text, /^The secret is shown this once:.*whsec_/s)

  const underWay = c2m('test', ['CRM'])
  while (receiver.received.length === 0) await send()
  const tested = await underWay
  assert.match(tested.text, /^Delivered in \d+ ms \(status 200\)\.$/)
  verify(secret, receiver.received[0]!)

  await c2m('pause', ['CRM'])
  await testConversation(server, brand)
  await send()
  const listed = await c2m('list')
  assert.match(listed.text, /CRM +http:\S+ +paused +conversation.opened, invite.replied +1 +0/)
  assert.ok(!JSON.stringify(listed.json).includes('whsec_'))
  await c2m('enable', ['CRM'])
  await send()
  const { deliveries } = (await c2m('deliveries', ['CRM'], { state: 'delivered', limit: '1' })).json as {
    deliveries: { number: string; type: string }[]
  }
  assert.deepEqual(
    deliveries.map(({ number, type }) => [number, type]),
    [['2', 'conversation.opened']],
  )
  assert.match((await c2m('deliveries', ['CRM'])).text, /^NUMBER +EVENT AT.*\n2 .*delivered +1 +200 +-\n1 /s)
  await c2m('replay', ['CRM'], { number: '2' })
  await send()
  assert.deepEqual(
    receiver.received.map(({ body }) => body.sequence),
    [1, 2, 2],
  )
  assert.equal((await c2m('replay', ['CRM'], { since: '2099-01-01' }).catch((error) => error)) instanceof Mistake, true)

  const renewed = (await c2m('renew', ['CRM'])).json as { secret: string }
  assert.notEqual(renewed.secret, secret)
  await c2m('change', ['CRM'], { title: 'Data warehouse', event: ['all'], address: 'on' })
  await c2m('disable', ['Data warehouse'])
  const [last] = ((await c2m('list')).json as { webhooks: Record<string, unknown>[] }).webhooks
  assert.deepEqual(
    [last!.title, last!.events, last!.tellsAddress, last!.state, last!.disabledFor],
    ['Data warehouse', null, true, 'disabled', 'hand'],
  )
  await c2m('remove', ['Data warehouse'])
  assert.equal((await c2m('list')).text, 'There are no webhooks.')
  const audited = await server.deps.db`select action from audit where account_id = ${brand.accountId} order by at`
  assert.deepEqual(
    audited.map(({ action }) => action),
    ['create', 'change', 'change', 'replay', 'renew', 'change', 'change', 'delete'].map((verb) => `webhook.${verb}`),
  )
})

test('mistakes are sentences', async () => {
  for (const [name, words, given, sentence] of [
    ['change', ['nobody'], { title: 'X' }, /^There is no webhook "nobody"/],
    ['add', ['X'], { endpoint: 'http://example.com/' }, /must begin with https/],
    ['replay', ['X'], {}, /^Say --number or --since\.$/],
    ['replay', ['X'], { since: 'noon' }, /^--since must be a time/],
    ['deliveries', ['X'], { limit: 'many' }, /There is no webhook "X"/],
  ] as const)
    await assert.rejects(
      c2m(name, words, given),
      (error: Error) => error instanceof Mistake && sentence.test(error.message),
    )
})
