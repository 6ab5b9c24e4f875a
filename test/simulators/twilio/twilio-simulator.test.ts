import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, afterEach, before, test } from 'node:test'
import { validateRequest } from 'twilio/lib/webhooks/webhooks.js'
import { contracts } from './contract.ts'
import { consumerPhone, simulatedAccount, startTwilioSimulator, type TwilioSimulator } from './index.ts'
import { segments } from './message-book.ts'

const { accountSid, authToken, numbers, messagingServices } = simulatedAccount
const [number] = numbers
const [service] = messagingServices

let simulator: TwilioSimulator
/** A webhook that keeps what it got, and says yes unless it is to fail. */
let failing = 0
const got: { url: string; signature: string | undefined; fields: Record<string, string> }[] = []
const receiver = createServer((request, response) => {
  let body = ''
  request.on('data', (chunk) => {
    body += chunk
  })
  request.on('end', () => {
    const signature = request.headers['x-twilio-signature'] as string | undefined
    got.push({ url: request.url!, signature, fields: Object.fromEntries(new URLSearchParams(body)) })
    response.writeHead(failing > 0 && failing-- > 0 ? 503 : 200).end('<Response/>')
  })
})
let hook: string

before(async () => {
  simulator = await startTwilioSimulator({ accounts: [simulatedAccount] })
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve))
  hook = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}`
})
afterEach(() => {
  simulator.reset()
  got.splice(0)
  failing = 0
})
after(async () => {
  await simulator.close()
  receiver.close()
})

const authorization = `Basic ${btoa(`${accountSid}:${authToken}`)}`
const path = `/2010-04-01/Accounts/${accountSid}/Messages`

async function api(
  address: string,
  form?: Record<string, string>,
): Promise<{ status: number; body: Record<string, unknown> }> {
  const answer = await fetch(simulator.baseUrl + address, {
    headers: { authorization },
    ...(form ? { method: 'POST', body: new URLSearchParams(form) } : {}),
  })
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> }
}

const create = (form: Record<string, string> = {}) =>
  api(`${path}.json`, {
    To: consumerPhone,
    From: number,
    Body: 'Hello',
    StatusCallback: `${hook}/status?attempt=t1`,
    ...form,
  })
const statuses = () => got.map(({ fields }) => fields.MessageStatus)

test('its answers have the shape of Twilio’s own description', async () => {
  const created = await create()
  assert.equal(created.status, 201)
  assert.deepEqual(contracts.create.answer(created.body), [])
  const byService = await create({ From: '+12065550101', MessagingServiceSid: service.sid })
  assert.deepEqual([byService.body.status, byService.body.num_segments], ['accepted', '0'])
  assert.deepEqual(contracts.create.answer(byService.body), [])
  const fetched = await api(`${path}/${created.body.sid}.json`)
  assert.deepEqual(contracts.fetch.answer(fetched.body), [])
  const listed = await api(`${path}.json?To=${encodeURIComponent(consumerPhone)}`)
  assert.deepEqual(contracts.list.answer(listed.body), [])
  for (const persona of ['mobile', 'invalid', 'canadian'] as const) {
    simulator.persona(consumerPhone, persona)
    const looked = await api(`/v2/PhoneNumbers/${encodeURIComponent(consumerPhone)}?Fields=line_type_intelligence`)
    assert.deepEqual([looked.status, contracts.lookup.answer(looked.body)], [200, []])
  }
  assert.deepEqual(simulator.violations, [])
})

async function json(address: string, body?: object, method = body ? 'POST' : 'GET') {
  const answer = await fetch(simulator.baseUrl + address, {
    method,
    headers: { authorization, ...(body ? { 'content-type': 'application/json' } : {}) },
    ...(body ? { body: JSON.stringify(body) } : {}),
  })
  const text = await answer.text()
  return { status: answer.status, body: (text === '' ? {} : JSON.parse(text)) as Record<string, unknown> }
}

test('contents and their approvals have the shape of Twilio’s own description too', async () => {
  const types = { 'twilio/text': { body: 'Hi {{1}}' } }
  const made = await json('/v1/Content', { friendly_name: 'x', language: 'en', variables: { 1: 'Ann' }, types })
  assert.deepEqual([made.status, contracts['content-create'].answer(made.body)], [201, []])
  const own = `/v1/Content/${made.body.sid}`
  const asked = await json(`${own}/ApprovalRequests/whatsapp`, { name: 'x_1', category: 'UTILITY' })
  assert.deepEqual([asked.status, asked.body.status], [201, 'received'])
  assert.deepEqual(contracts['approval-create'].answer(asked.body), [])
  simulator.decideContent(String(made.body.sid), 'rejected', 'Too short')
  for (const [operation, address] of [
    ['content-fetch', own],
    ['approval-fetch', `${own}/ApprovalRequests`],
    ['content-list', '/v1/ContentAndApprovals?PageSize=1'],
  ] as const) {
    const { status, body } = await json(address)
    assert.deepEqual([status, contracts[operation].answer(body)], [200, []], operation)
  }
  assert.equal((await json(own, undefined, 'DELETE')).status, 204)
  assert.equal((await json(own)).status, 404)
  assert.deepEqual(simulator.violations, [])
  await json('/v1/Content', { language: 'en', types: { 'twilio/text': { text: 'x' } } })
  assert.match(simulator.violations.join(), /json.* must NOT have additional properties \(text\)/)
})

test('WhatsApp refuses and reports as Twilio does there', async () => {
  const wa = { To: `whatsapp:${consumerPhone}`, From: `whatsapp:${number}` }
  const refused = async (form: Record<string, string>) => (await create({ ...wa, ...form })).body.code
  assert.equal(await refused({ From: number }), 21910)
  assert.equal(await refused({ From: 'whatsapp:+12065550199' }), 63007)
  assert.equal(await refused({ To: 'whatsapp:US.ENT.1' }), 21211)
  assert.equal(await refused({ ContentSid: `HX${'0'.repeat(32)}` }), 21655)
  assert.equal(await refused({ ContentVariables: '{"1":"x"}' }), 21656)
  // A landline without SMS may be on WhatsApp all the same.
  simulator.persona(consumerPhone, 'landline-refused')
  assert.equal((await create(wa)).status, 201)
  await simulator.drain()
  const { fields } = got.at(-1)!
  assert.deepEqual([fields.MessageStatus, fields.ErrorCode, fields.ChannelPrefix], ['failed', '63016', 'whatsapp'])
  assert.match(fields.ChannelStatusMessage!, /131047/)
  assert.ok(got.every((call) => !('RawDlrDoneDate' in call.fields)))
  simulator.persona(consumerPhone, 'mobile')
})

test('a request that Twilio’s description does not allow is refused and kept as a violation', async () => {
  const cases: readonly (readonly [Record<string, string>, RegExp])[] = [
    [{ Bodi: 'x' }, /form must NOT have additional properties \(Bodi\)/],
    [{ ValidityPeriod: 'soon' }, /ValidityPeriod must be integer/],
    [{ StatusCallback: 'not a url' }, /StatusCallback must match format/],
  ]
  for (const [form, expected] of cases) {
    assert.equal((await create(form)).status, 400)
    assert.match(simulator.violations.at(-1)!, expected)
  }
  assert.equal((await api(`${path}.json`, { To: consumerPhone, Body: 'x' })).status, 400)
  assert.match(simulator.violations.at(-1)!, /one of From, MessagingServiceSid is needed/)
  assert.equal((await api(`${path}.json`, { To: consumerPhone, From: number })).status, 400)
  assert.match(simulator.violations.at(-1)!, /one of Body, MediaUrl, ContentSid is needed/)
  assert.equal((await api(`${path}.json?PageSize=1001`)).status, 400)
  assert.equal((await api(`${path}.json?Nonsense=1`)).status, 400)
  assert.equal(simulator.accepted.length, 0)
})

test('callbacks wait, come in order, are signed as Twilio’s SDK expects, and move the resource', async () => {
  const { body } = await create()
  assert.deepEqual([simulator.pending, got.length], [2, 0])
  await simulator.advance()
  assert.deepEqual(statuses(), ['sent'])
  await simulator.drain()
  assert.deepEqual(statuses(), ['sent', 'delivered'])
  assert.equal((await api(`${path}/${body.sid}.json`)).body.status, 'delivered')
  const { url, signature, fields } = got[0]!
  assert.equal(url, '/status?attempt=t1')
  assert.ok(validateRequest(authToken, signature!, hook + url, fields))
  assert.equal(fields.MessageSid, body.sid)
})

test('callbacks are dropped, doubled, shuffled, late, or before the answer', async () => {
  const run = async (rule: Parameters<TwilioSimulator['fault']>[0]) => {
    got.splice(0)
    simulator.fault(rule)
    await create({ MessagingServiceSid: service.sid, From: '+12065550101' })
    const early = statuses()
    await simulator.drain()
    return { early, all: statuses() }
  }
  const usual = ['queued', 'sent', 'delivered']
  assert.deepEqual((await run({ phase: 'webhook', do: 'drop' })).all, [])
  assert.deepEqual(await run({ phase: 'webhook', do: 'double' }), {
    early: [],
    all: usual.flatMap((word) => [word, word]),
  })
  for (const seed of [1, 2, 3, 4, 5]) {
    const { all } = await run({ phase: 'webhook', do: 'shuffle', seed })
    assert.notDeepEqual(all, usual)
    assert.deepEqual([...all].sort(), [...usual].sort())
  }
  assert.deepEqual((await run({ phase: 'webhook', do: 'before-answer' })).early, usual)
  simulator.fault({ phase: 'webhook', do: 'late' })
  got.splice(0)
  await create({ Body: 'late' })
  await create({ Body: 'usual' })
  await simulator.advance(2)
  const first = new Set(got.map(({ fields }) => fields.MessageSid))
  assert.deepEqual([...first], [simulator.accepted.at(-1)!.sid])
  await simulator.drain()
  assert.equal(got.length, 4)
})

test('automatic callbacks come by themselves', async () => {
  const automatic = await startTwilioSimulator({ accounts: [simulatedAccount], callbacks: 'auto', statusDelayMs: 1 })
  try {
    const form = { To: consumerPhone, From: number, Body: 'x', StatusCallback: hook }
    await fetch(`${automatic.baseUrl}${path}.json`, {
      method: 'POST',
      headers: { authorization },
      body: new URLSearchParams(form),
    })
    while (automatic.webhooks.length < 2) await new Promise((resolve) => setTimeout(resolve, 2))
    assert.deepEqual(statuses(), ['sent', 'delivered'])
  } finally {
    await automatic.close()
  }
})

test('a webhook outside this machine is refused, one behind a proxy is signed for its public address', async () => {
  assert.equal((await create({ StatusCallback: 'https://example.com/hook' })).body.code, 21609)
  assert.throws(() => simulator.inboundUrl(number, 'https://example.com/hook'))
  simulator.proxy('https://connect.example.com', hook)
  assert.equal((await create({ StatusCallback: 'https://connect.example.com/s?attempt=2#rc=1' })).status, 201)
  await simulator.drain()
  const { signature, fields } = got[0]!
  assert.ok(validateRequest(authToken, signature!, 'https://connect.example.com/s?attempt=2', fields))
})

test('a webhook that fails is called again as often, and for what, its fragment asks; the fragment is not signed', async () => {
  const calls = async (fragment: string, failures: number) => {
    await create({ StatusCallback: `${hook}/s?attempt=3${fragment}` })
    got.splice(0)
    failing = failures
    await simulator.advance(1)
    simulator.reset()
    return got.length
  }
  assert.equal(await calls('', 9), 1)
  assert.equal(await calls('#rc=5', 9), 1)
  assert.equal(await calls('#rc=2&rp=4xx', 9), 1)
  assert.equal(await calls('#rc=2&rp=4xx,5xx', 9), 3)
  assert.equal(await calls('#rc=5&rp=all', 9), 6)
  assert.equal(await calls('#rc=5&rp=all', 2), 3)
  const { signature, url, fields } = got[2]!
  assert.equal(url, '/s?attempt=3')
  assert.ok(validateRequest(authToken, signature!, `${hook}/s?attempt=3`, fields))
})

test('STOP blocks the pair, START frees it, HELP is answered; all are posted on', async () => {
  simulator.inboundUrl(number, `${hook}/in`)
  const say = (text: string) => simulator.consumerSends(consumerPhone, number, text)
  await say('please stop')
  assert.equal((await create()).status, 201)
  await say(' stop ')
  assert.equal((await create()).body.code, 21610)
  assert.equal((await create({ To: '+12065550124' })).status, 201)
  await say('help')
  await say('START')
  assert.equal((await create()).status, 201)
  assert.deepEqual(
    got.map(({ fields }) => [fields.Body, fields.OptOutType]),
    [
      ['please stop', undefined],
      [' stop ', undefined],
      ['help', undefined],
      ['START', undefined],
    ],
  )
  assert.equal(simulator.journal.filter(({ kind }) => kind === 'auto-reply').length, 3)
})

test('with a service, STOP blocks the whole pool, is named, and fails only after acceptance', async () => {
  simulator.inboundUrl(service.sid, `${hook}/in`)
  const sent = await simulator.consumerSends(consumerPhone, '+12065550101', 'STOP')
  assert.equal(sent.webhook?.status, 200)
  assert.deepEqual([got[0]!.fields.OptOutType, got[0]!.fields.MessagingServiceSid], ['STOP', service.sid])
  got.splice(0)
  assert.equal((await create({ From: '+12065550101', MessagingServiceSid: service.sid })).status, 201)
  await simulator.drain()
  assert.deepEqual([got[0]!.fields.MessageStatus, got[0]!.fields.ErrorCode], ['failed', '21610'])
})

test('inbound webhooks can be forged, repeated, sent as JSON and with media', async () => {
  simulator.inboundUrl(number, `${hook}/in`)
  const media = [{ url: 'https://api.twilio.com/m', contentType: 'image/png' }]
  await simulator.consumerSends(consumerPhone, number, 'x', { media, times: 3, signature: 'wrong' })
  assert.equal(got.length, 3)
  assert.equal(got[0]!.fields.MediaContentType0, 'image/png')
  assert.ok(!validateRequest(authToken, got[0]!.signature!, hook + got[0]!.url, got[0]!.fields))
  await simulator.consumerSends(consumerPhone, number, 'x', { signature: 'none', json: true })
  assert.equal(got[3]!.signature, undefined)
  assert.match(got[3]!.url, /bodySHA256=[0-9a-f]{64}$/)
})

test('the list filters, pages, and shows no message without a date of sending to a date filter', async () => {
  for (const to of ['+12065550131', '+12065550132', '+12065550132']) await create({ To: to })
  const ask = async (query: string) => (await api(`${path}.json?${query}`)).body
  const count = async (query: string) => ((await ask(query)).messages as unknown[]).length
  assert.equal(await count('To=%2B12065550132'), 2)
  assert.equal(await count(`To=%2B12065550132&From=${encodeURIComponent(numbers[1])}`), 0)
  const page = await ask('PageSize=2')
  assert.equal((page.messages as unknown[]).length, 2)
  assert.equal(((await api(String(page.next_page_uri))).body.messages as unknown[]).length, 1)
  const dated = `DateSent%3E=${encodeURIComponent(new Date(Date.now() - 60_000).toISOString())}`
  assert.equal(await count(dated), 0)
  await simulator.drain()
  assert.equal(await count(dated), 3)
})

test('a fault strikes as often as it is told, on what it fits', async () => {
  simulator.fault({
    phase: 'api',
    do: 'error',
    status: 503,
    match: { to: consumerPhone, bodyIncludes: 'x' },
    after: 1,
    every: 2,
    times: 2,
  })
  const answers: number[] = []
  for (const text of ['x', 'x', 'y', 'x', 'x', 'x', 'x', 'x']) answers.push((await create({ Body: text })).status)
  assert.deepEqual(answers, [201, 201, 201, 503, 201, 503, 201, 201])
})

test('segments: one emoji makes them short', () => {
  for (const [text, count] of [
    ['', 1],
    ['x'.repeat(160), 1],
    ['x'.repeat(161), 2],
    ['x'.repeat(307), 3],
    ['€'.repeat(80), 1],
    ['€'.repeat(81), 2],
    ['“'.repeat(70), 1],
    ['“'.repeat(71), 2],
    [`${'x'.repeat(69)}😀`, 2],
  ] as const)
    assert.equal(segments(text), count, text.slice(0, 3))
})
