import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, afterEach, before, test } from 'node:test'
import { checkAnswer } from './contract.ts'
import { type MetaSimulator, metaSignature, simulatedBusiness, startMetaSimulator, waConsumer } from './index.ts'

const { wabaId, appSecret, verifyToken, tokens, numbers } = simulatedBusiness
const [number] = numbers

let simulator: MetaSimulator
/** A webhook that keeps what it got. */
const got: { method: string; url: string; signature: string | undefined; body: string }[] = []
let answers: (url: URL) => { status: number; body: string } = () => ({ status: 200, body: '' })
const receiver = createServer((request, response) => {
  let body = ''
  request.on('data', (chunk) => {
    body += chunk
  })
  request.on('end', () => {
    const signature = request.headers['x-hub-signature-256'] as string | undefined
    got.push({ method: request.method!, url: request.url!, signature, body })
    const answer = answers(new URL(request.url!, 'http://x'))
    response.writeHead(answer.status).end(answer.body)
  })
})
let hook: string

before(async () => {
  simulator = await startMetaSimulator({ businesses: [simulatedBusiness], pace: { pair: 2, number: 3 } })
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve))
  hook = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}`
  simulator.callbackUrl(wabaId, hook)
})
afterEach(() => {
  simulator.reset()
  simulator.persona(waConsumer, 'whatsapp')
  simulator.callbackUrl(number.phoneNumberId, hook)
  answers = () => ({ status: 200, body: '' })
  got.splice(0)
})
after(async () => {
  await simulator.close()
  receiver.close()
})

type Json = Record<string, unknown>
async function api(
  path: string,
  json?: Json,
  token: string = tokens[0].token,
): Promise<{ status: number; body: Json }> {
  const answer = await fetch(`${simulator.baseUrl}/v25.0/${path}`, {
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    ...(json ? { method: 'POST', body: JSON.stringify(json) } : {}),
  })
  return { status: answer.status, body: (await answer.json()) as Json }
}
const text = (changes: Json = {}) => ({
  messaging_product: 'whatsapp',
  recipient_type: 'individual',
  to: '16505551234',
  type: 'text',
  text: { body: 'Hi', preview_url: false },
  ...changes,
})
const send = (changes: Json = {}, token?: string) => api(`${number.phoneNumberId}/messages`, text(changes), token)
const codeOf = (answer: { body: Json }) => (answer.body.error as { code?: number } | undefined)?.code
const statuses = () =>
  got.map(({ body }) => {
    const { entry } = JSON.parse(body) as { entry: { changes: { value: { statuses?: Json[] } }[] }[] }
    return entry[0]!.changes[0]!.value.statuses?.[0]?.status
  })

test('answers are as Meta’s file has them', async () => {
  const sent = await send()
  assert.deepEqual([sent.status, checkAnswer.send(sent.body)], [200, []])
  const list = await api(`${wabaId}/message_templates?limit=1`)
  assert.deepEqual(checkAnswer['list-templates'](list.body), [])
  const components = [{ type: 'BODY', text: 'Hello, we are ready.' }]
  const made = await api(`${wabaId}/message_templates`, { name: 'x', language: 'en', category: 'UTILITY', components })
  assert.deepEqual([made.status, checkAnswer['create-template'](made.body)], [200, []])
  const file = { contentType: 'image/png', base64: 'eA==' }
  await simulator.consumerSends(waConsumer, number.phoneNumberId, { type: 'image', file })
  const { id } = (
    JSON.parse(got.at(-1)!.body) as { entry: { changes: { value: { messages: { image: Json }[] } }[] }[] }
  ).entry[0]!.changes[0]!.value.messages[0]!.image
  const media = await api(String(id))
  assert.deepEqual([media.status, checkAnswer.media(media.body)], [200, []])
  assert.deepEqual(simulator.violations, [])
})

test('tokens, scopes and ids are asked for; what is not in Meta’s file is a violation', async () => {
  assert.equal(codeOf(await send({}, 'wrong')), 190)
  assert.equal(codeOf(await api(`${wabaId}/message_templates`, undefined, tokens[1].token)), 200)
  assert.equal((await send({}, tokens[1].token)).status, 200)
  assert.equal(codeOf(await api('999999999/messages', text())), 100)
  assert.equal(simulator.violations.length, 0)
  assert.equal(codeOf(await send({ colour: 'red' })), 100)
  assert.deepEqual(simulator.violations, ['send: body must NOT have additional properties (colour)'])
})

test('the handshake proves an address, or leaves it as it was', async () => {
  answers = (url) => ({ status: 200, body: url.searchParams.get('hub.challenge') ?? '' })
  assert.equal(await simulator.subscribe(wabaId, `${hook}/new`), true)
  assert.deepEqual(
    [...new URL(got[0]!.url, hook).searchParams.keys()],
    ['hub.mode', 'hub.challenge', 'hub.verify_token'],
  )
  assert.equal(new URL(got[0]!.url, hook).searchParams.get('hub.verify_token'), verifyToken)
  for (const wrong of [
    { status: 403, body: '' },
    { status: 200, body: 'ok' },
    { status: 200, body: '"1"' },
  ]) {
    answers = () => wrong
    assert.equal(await simulator.subscribe(wabaId, `${hook}/other`), false)
  }
  answers = () => ({ status: 200, body: '' })
  simulator.decide(wabaId, 'spring_offer', 'PAUSED')
  await simulator.drain()
  assert.equal(got.at(-1)!.url, '/new')
  simulator.callbackUrl(wabaId, hook)
  assert.throws(() => simulator.callbackUrl(wabaId, 'https://example.com/hook'))
})

test('webhooks are signed over their bytes, with signs outside ASCII escaped', async () => {
  await simulator.consumerSends(waConsumer, number.phoneNumberId, 'Zoë ☕ https://x')
  const { body, signature } = got[0]!
  assert.match(body, /Zo\\u00eb \\u2615 https:\\\/\\\/x/)
  assert.equal(signature, metaSignature(appSecret, body))
  assert.notEqual(signature, metaSignature(appSecret, JSON.stringify(JSON.parse(body))))
})

test('statuses follow the persona, and faults lose, double, turn round or hold them back', async () => {
  const run = async (rule?: Parameters<MetaSimulator['fault']>[0]) => {
    got.splice(0)
    simulator.shiftClock(7_000)
    if (rule) simulator.fault(rule)
    await simulator.consumerSends(waConsumer, number.phoneNumberId, 'x')
    got.splice(0)
    await send()
    const early = statuses()
    await simulator.drain()
    return { early, all: statuses() }
  }
  assert.deepEqual(await run(), { early: [], all: ['sent', 'delivered'] })
  assert.deepEqual((await run({ phase: 'webhook', do: 'drop' })).all, [])
  assert.deepEqual((await run({ phase: 'webhook', do: 'double' })).all, ['sent', 'sent', 'delivered', 'delivered'])
  assert.deepEqual((await run({ phase: 'webhook', do: 'reverse' })).all, ['delivered', 'sent'])
  assert.deepEqual((await run({ phase: 'webhook', do: 'before-answer' })).early, ['sent', 'delivered'])
  assert.deepEqual((await run({ phase: 'status', do: 'end', code: 131026 })).all, ['failed'])
  assert.deepEqual((await run({ phase: 'status', do: 'stop-at', status: 'sent' })).all, ['sent'])
  for (const [persona, all] of [
    ['reader', ['sent', 'delivered', 'read']],
    ['reads-at-once', ['sent', 'read']],
    ['silent', ['sent']],
    ['no-whatsapp', ['failed']],
  ] as const) {
    simulator.persona(waConsumer, persona)
    assert.deepEqual((await run()).all, all, persona)
  }
  simulator.persona(waConsumer, 'not-allowed')
  assert.equal(codeOf(await send()), 131030)
})

test('a webhook that is not answered with exactly 200 is repeated until it is', async () => {
  for (const status of [500, 403, 201, 301]) {
    answers = () => ({ status, body: '' })
    await simulator.consumerSends(waConsumer, number.phoneNumberId, 'x')
    assert.equal(simulator.pending, 1, String(status))
    answers = () => ({ status: 200, body: '' })
    await simulator.drain()
    assert.equal(simulator.pending, 0)
  }
})

test('the window, the paces and the sizes are Meta’s', async () => {
  await send()
  await simulator.drain()
  assert.match(got.at(-1)!.body, /131047/)
  const other = { to: '16505551235' }
  const third = { to: '16505551236' }
  assert.equal((await send()).status, 200)
  assert.equal(codeOf(await send()), 131056)
  assert.equal((await send(other)).status, 200)
  assert.equal(codeOf(await send(third)), 130429)
  simulator.shiftClock(1_000)
  assert.equal((await send(third)).status, 200)
  simulator.shiftClock(6_000)
  assert.equal((await send()).status, 200)
  assert.equal(codeOf(await send({ text: { body: 'x'.repeat(4097) } })), 131009)
  assert.equal(codeOf(await send({ to: number.displayPhoneNumber })), 131021)
  assert.equal(codeOf(await send({ to: 'Ann' })), 131009)
  const early = await startMetaSimulator({ businesses: [simulatedBusiness], windowRefusal: 'api' })
  try {
    const answer = await fetch(`${early.baseUrl}/v25.0/${number.phoneNumberId}/messages`, {
      method: 'POST',
      headers: { authorization: `Bearer ${tokens[0].token}`, 'content-type': 'application/json' },
      body: JSON.stringify(text()),
    })
    assert.equal(codeOf({ body: (await answer.json()) as Json }), 131047)
  } finally {
    await early.close()
  }
})

test('templates are refused for what Meta refuses at once', async () => {
  const create = (changes: Json) =>
    api(`${wabaId}/message_templates`, {
      name: 'new_one',
      language: 'en',
      category: 'UTILITY',
      components: [{ type: 'BODY', text: 'Hello, we are ready.' }],
      ...changes,
    })
  const subcode = async (changes: Json) =>
    ((await create(changes)).body.error as { error_subcode?: number } | undefined)?.error_subcode
  const text = (body: string, example: Json = {}) => ({ components: [{ type: 'BODY', text: body, ...example }] })
  const one = { example: { body_text: [['Ann']] } }
  assert.equal(await subcode({ name: 'New One' }), 2388025)
  assert.equal(await subcode({ category: 'ACCOUNT_UPDATE' }), 2388026)
  assert.equal(await subcode({ name: 'continue_in_chat', language: 'en_US' }), 2388024)
  assert.equal(await subcode(text('{{1}}, you called us about it.', one)), 2388299)
  assert.equal(await subcode(text('Hello {{1}}, you called.')), 2388043)
  assert.equal(await subcode(text('Hello {{1}} yes', one)), 2388293)
  assert.equal(await subcode(text('Hello {{1}}, you called us.', one)), undefined)
})

test('automatic webhooks come by themselves, and are repeated by themselves', async () => {
  const automatic = await startMetaSimulator({
    businesses: [simulatedBusiness],
    callbacks: 'auto',
    statusDelayMs: 1,
  })
  try {
    automatic.callbackUrl(wabaId, hook)
    let refusals = 1
    answers = () => ({ status: refusals-- > 0 ? 503 : 200, body: '' })
    automatic.fault({ phase: 'status', do: 'stop-at', status: 'sent' })
    await automatic.consumerSends(waConsumer, number.phoneNumberId, 'x', { queued: true })
    await fetch(`${automatic.baseUrl}/v25.0/${number.phoneNumberId}/messages`, {
      method: 'POST',
      headers: { authorization: `Bearer ${tokens[0].token}`, 'content-type': 'application/json' },
      body: JSON.stringify(text()),
    })
    while (automatic.webhooks.filter(({ status }) => status === 200).length < 2)
      await new Promise((resolve) => setTimeout(resolve, 2))
    assert.equal(automatic.webhooks.length, 3)
  } finally {
    await automatic.close()
  }
})
