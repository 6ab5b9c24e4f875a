import assert from 'node:assert/strict'
import { test } from 'node:test'
import { metaStage } from '../../../test/provider-stage.ts'
import {
  newTemplate,
  simulatedBusiness,
  simulatedWaSender,
  startMetaSimulator,
  waWayOut,
} from '../../../test/simulators/meta/index.ts'
import type { NewTemplate } from '../connector.ts'
import type { SendFailure } from '../failures.ts'
import { templates } from './templates.ts'

const { simulator, sender, http, wayOut } = await metaStage()
const submit = (template: NewTemplate, settings = {}) => templates.submit(template, sender(settings), http())
const list = () => templates.list(sender(), http())

const named: NewTemplate = {
  ...newTemplate,
  name: 'named_one',
  header: { kind: 'text', content: 'Order {{order}}' },
  body: 'Hello {{first_name}}, you called us about order {{order}}. Write here to go on.',
  footer: 'Example Ltd',
  buttons: [
    { kind: 'url', label: 'Track', value: 'https://example.com/t/{{code}}' },
    { kind: 'url', label: 'Site', value: 'https://example.com' },
    { kind: 'phone', label: 'Call', value: '+15550783881' },
    { kind: 'quick-reply', label: 'Stop', value: 'STOP' },
  ],
  samples: { body: { first_name: 'Ann', order: '4711' }, header: { order: '4711' }, buttons: { code: 'k3J9' } },
}

test('a template goes into review and is in the list; it is approved when Meta says so', async () => {
  assert.deepEqual(templates.check(newTemplate), [])
  const made = await submit(newTemplate)
  const expected = { ...made, status: 'pending', reason: null, name: 'order_follow_up', language: 'en_US' }
  assert.deepEqual(made, { ...expected, category: 'UTILITY' })
  assert.deepEqual((await list()).at(-1), made)
  simulator.decide(simulatedBusiness.wabaId, 'order_follow_up', 'REJECTED', { reason: 'ABUSIVE_CONTENT' })
  const rejected = (await list()).at(-1)!
  assert.deepEqual([rejected.status, rejected.reason], ['rejected', 'ABUSIVE_CONTENT'])
  simulator.decide(simulatedBusiness.wabaId, 'order_follow_up', 'PAUSED')
  assert.deepEqual((await list()).at(-1), { ...made, status: 'paused', reason: 'PAUSED' })
  simulator.decide(simulatedBusiness.wabaId, 'order_follow_up', 'APPROVED')
  assert.deepEqual((await list()).at(-1), { ...made, status: 'approved' })
})

test('every part is written as Meta wants it', async () => {
  let sent: Record<string, unknown> = {}
  const made = await templates.submit(named, sender(), (request) => {
    sent = JSON.parse(String(request.body)) as Record<string, unknown>
    return http()(request)
  })
  assert.equal(made.status, 'pending')
  assert.deepEqual(sent, {
    name: 'named_one',
    language: 'en_US',
    category: 'UTILITY',
    parameter_format: 'NAMED',
    components: [
      {
        type: 'HEADER',
        format: 'TEXT',
        text: 'Order {{order}}',
        example: { header_text_named_params: [{ param_name: 'order', example: '4711' }] },
      },
      {
        type: 'BODY',
        text: named.body,
        example: {
          body_text_named_params: [
            { param_name: 'first_name', example: 'Ann' },
            { param_name: 'order', example: '4711' },
          ],
        },
      },
      { type: 'FOOTER', text: 'Example Ltd' },
      {
        type: 'BUTTONS',
        buttons: [
          {
            type: 'URL',
            text: 'Track',
            url: 'https://example.com/t/{{1}}',
            example: ['https://example.com/t/k3J9'],
          },
          { type: 'URL', text: 'Site', url: 'https://example.com' },
          { type: 'PHONE_NUMBER', text: 'Call', phone_number: '+15550783881' },
          { type: 'QUICK_REPLY', text: 'Stop' },
        ],
      },
    ],
  })
})

test('a header with a file is submitted by its handle, a numbered one with a plain list', async () => {
  const handle = '4::aW1hZ2UvcG5n:ARZVv4'
  const image: NewTemplate = {
    ...newTemplate,
    name: 'with_image',
    header: { kind: 'image', content: 'https://cdn.example.com/h.png' },
    samples: { ...newTemplate.samples, header: { 1: handle } },
  }
  assert.deepEqual(templates.check(image), [])
  assert.equal((await submit(image)).status, 'pending')
  const text: NewTemplate = {
    ...newTemplate,
    name: 'with_text',
    header: { kind: 'text', content: 'Order {{1}}' },
    samples: { ...newTemplate.samples, header: { 1: '4711' } },
  }
  assert.equal((await submit(text)).status, 'pending')
})

const withImage = (content: string, samples: Record<string, string> = {}): NewTemplate => ({
  ...newTemplate,
  name: 'with_upload',
  header: { kind: 'image', content },
  samples: { ...newTemplate.samples, header: samples },
})
const png = Buffer.from('89504e470d0a1a0a', 'hex')

test('a header’s file is fetched from its address and uploaded; its handle is the sample', async () => {
  const address = simulator.publish('h.png', 'image/png', png)
  const { http, exchanges } = wayOut()
  for (const template of [
    withImage(address),
    { ...withImage(address.replace('h.png', '{{1}}.png'), { 1: 'h' }), name: 'with_variable' },
    { ...withImage('https://cdn.example.com/{{1}}', { 1: address }), name: 'with_sample' },
  ]) {
    assert.deepEqual(templates.check(template), [])
    let handle = ''
    await templates.submit(template, sender(), (request) => {
      const given = typeof request.body === 'string' ? JSON.parse(request.body) : null
      handle = given?.components?.[0].example.header_handle[0] ?? handle
      return http(request)
    })
    assert.deepEqual(simulator.uploaded(handle)?.bytes, png)
    assert.equal(simulator.uploaded(handle)?.contentType, 'image/png')
  }
  assert.ok(!JSON.stringify(exchanges).includes(simulatedBusiness.tokens[0].token))
})

test('a sample that cannot be had is said in a sentence, and nothing is submitted', async () => {
  const text = simulator.publish('h.txt', 'text/plain', Buffer.from('x'))
  const rows: readonly (readonly [string, RegExp])[] = [
    [`${simulator.baseUrl}/published/none.png`, /answered 404/],
    [text, /image\/jpeg or image\/png/],
    ['http://127.0.0.1:9/h.png', /must begin with https/],
    ['https://127.0.0.1:9/h.png', /could not be fetched/],
  ]
  for (const [address, advice] of rows)
    await assert.rejects(submit(withImage(address)), (error: SendFailure) => {
      assert.equal(error.kind, 'template-rejected')
      return advice.test(error.advice ?? '')
    })
  const address = simulator.publish('h.png', 'image/png', png)
  for (const operation of ['begin-upload', 'upload'] as const) {
    simulator.fault({ phase: 'api', match: { operation }, do: 'cut', accepts: true })
    await assert.rejects(submit(withImage(address)), { kind: 'unreachable' }, operation)
    simulator.fault({
      phase: 'api',
      match: { operation },
      do: 'raw',
      status: 200,
      body: '{"id":"../1/messages","h":7}',
    })
    await assert.rejects(submit(withImage(address)), { kind: 'unreachable' }, operation)
    simulator.fault({ phase: 'api', match: { operation }, do: 'error', status: 401, code: 190 })
    await assert.rejects(submit(withImage(address)), { kind: 'misconfigured' }, operation)
  }
  assert.ok(!simulator.requests.some(({ operation }) => operation === 'create-template'))
})

test('a template is deleted in one language; one that is gone is no failure, one that stays is', async () => {
  const first = await submit(newTemplate)
  const other = await submit({ ...newTemplate, language: 'es_MX' })
  const remove = (template: typeof first) => templates.remove(template, sender(), http())
  await remove(first)
  const left = (await list()).map(({ providerTemplateId }) => providerTemplateId)
  assert.ok(!left.includes(first.providerTemplateId) && left.includes(other.providerTemplateId))
  await remove(first)
  const match = { operation: 'delete-template' } as const
  simulator.fault({ phase: 'api', match, do: 'error', status: 400, code: 100 })
  await assert.rejects(remove(other), { kind: 'content-rejected' })
  simulator.fault({ phase: 'api', match, do: 'error', status: 401, code: 190 })
  await assert.rejects(remove(other), { kind: 'misconfigured' })
  simulator.fault({ phase: 'api', match, do: 'cut', accepts: true })
  await assert.rejects(remove(other), { kind: 'unknown-outcome' })
})

test('Meta’s own sentences about a refusal are handed on', async () => {
  const error = { code: 100, error_user_title: 'Bad name', error_user_msg: 'Names are short' }
  simulator.fault({ phase: 'api', do: 'raw', status: 400, body: JSON.stringify({ error }) })
  await assert.rejects(submit(newTemplate), { kind: 'content-rejected', advice: 'Bad name: Names are short' })
})

test('Meta may put a template into another category', async () => {
  simulator.fault({ phase: 'api', do: 'patch', fields: { category: 'MARKETING', status: 'APPROVED' } })
  const made = await submit(newTemplate)
  assert.deepEqual([made.category, made.status], ['MARKETING', 'approved'])
})

test('a submission that fails says why', async () => {
  await submit(newTemplate)
  await assert.rejects(submit(newTemplate), { kind: 'content-rejected', providerCode: '100' })
  const messagingOnly = { accessToken: simulatedBusiness.tokens[1].token }
  await assert.rejects(submit(named, messagingOnly), { kind: 'misconfigured', providerCode: '200' })
  await assert.rejects(submit(named, { wabaId: '999999999999' }), { kind: 'misconfigured' })
  simulator.fault({ phase: 'api', do: 'error', status: 400, code: 80007 })
  await assert.rejects(submit(named), { kind: 'throttled' })
  simulator.fault({ phase: 'api', do: 'cut', accepts: true })
  await assert.rejects(submit(named), { kind: 'unknown-outcome' })
  simulator.fault({ phase: 'api', do: 'raw', status: 200, body: '{}' })
  await assert.rejects(submit({ ...named, name: 'other' }), { kind: 'unknown-outcome' })
})

test('the list is read page by page to its end, and never from an address that Meta’s answer names', async () => {
  const many = Array.from({ length: 450 }, (_, index) => ({
    name: `t_${index}`,
    language: 'en_US',
    category: 'UTILITY',
    status: 'APPROVED' as const,
    components: [],
  }))
  const large = await startMetaSimulator({ businesses: [{ ...simulatedBusiness, templates: many }] })
  try {
    const { http, exchanges } = waWayOut(large.baseUrl)
    const found = await templates.list(simulatedWaSender(large.baseUrl), http)
    assert.deepEqual(
      found.map(({ name }) => name),
      many.map(({ name }) => name),
    )
    assert.equal(large.requests.length, 3)
    for (const { url, answerBody } of exchanges)
      assert.ok(!`${url}${answerBody}`.includes(simulatedBusiness.tokens[0].token))
  } finally {
    await large.close()
  }
  const match = { operation: 'list-templates' } as const
  const paging = { next: 'http://127.0.0.1:9/', cursors: { after: 'MA' } }
  simulator.fault({ phase: 'api', match, times: 1e9, do: 'patch', fields: { paging } })
  assert.equal((await list()).length, 4)
  assert.equal(simulator.requests.length, 2)
})

test('a list that cannot be read whole is no list', async () => {
  const match = { operation: 'list-templates' } as const
  for (const body of ['<html>', '{}', '{"data": 7}']) {
    simulator.fault({ phase: 'api', match, do: 'raw', status: 200, body })
    await assert.rejects(list(), { kind: 'unknown-outcome' }, body)
  }
  simulator.fault({ phase: 'api', match, do: 'error', status: 401, code: 190 })
  await assert.rejects(list(), { kind: 'misconfigured' })
  const data = [7, null, {}, { id: '1', status: 'TELEPORTED' }, { id: '2', name: 'x', status: 'IN_APPEAL' }]
  simulator.fault({ phase: 'api', match, do: 'raw', status: 200, body: JSON.stringify({ data }) })
  assert.deepEqual(
    (await list()).map(({ name, status }) => [name, status]),
    [['x', 'pending']],
  )
})

const body = (text: string, samples: Record<string, string> = {}): Partial<NewTemplate> => ({
  body: text,
  samples: { body: samples, header: {}, buttons: {} },
})
const button = (kind: 'url' | 'phone' | 'quick-reply', label: string, value: string) => ({ kind, label, value })
const words = 'Hello, you called us about your order and we are ready to help.'

test('what Meta would refuse is said before, in sentences', () => {
  const rows: readonly (readonly [Partial<NewTemplate>, RegExp])[] = [
    [{ name: 'Continue' }, /The name/],
    [{ name: 'two words' }, /The name/],
    [{ name: '' }, /The name/],
    [{ language: 'xx' }, /The language/],
    [{ language: 'en-US' }, /The language/],
    [{ language: 'pt' }, /The language/],
    [{ category: 'AUTHENTICATION' }, /cannot be made here/],
    [body(''), /The body is missing/],
    [body('x'.repeat(1025)), /at most 1024/],
    [body('a\n\n\nb'), /empty lines/],
    [body('a     b'), /more than four spaces/],
    [body('{{1}}, you called us about an order.', { 1: 'Ann' }), /begin or end/],
    [body('You called us about the order {{1}}.', { 1: 'Ann' }), /begin or end/],
    [body('You called us, {{1}} {{2}}, about your order.', { 1: 'a', 2: 'b' }), /side by side/],
    [body('Dear {{1}} yours', { 1: 'a' }), /too many variables/],
    [body('You called us about order {{2}} of yours.', { 2: 'a' }), /without a gap/],
    [body('You called us about order {{1}} and {{name}} of yours.', { 1: 'a', name: 'b' }), /all numbers or all names/],
    [body('You called us about order {{Name}} of yours.', { Name: 'b' }), /small letters/],
    [body('You called us about order {{ 1 }} of yours.'), /double braces/],
    [body('You called us about order {{1}} of yours.'), /\{\{1\}\} of the body needs a sample/],
    [{ header: { kind: 'text', content: 'x'.repeat(61) } }, /header may have at most 60/],
    [{ header: { kind: 'text', content: ' ' } }, /header is empty/],
    [{ header: { kind: 'text', content: 'Your *order*' } }, /without emoji/],
    [{ header: { kind: 'text', content: 'Order 👍' } }, /without emoji/],
    [{ header: { kind: 'text', content: 'Order {{1}}' } }, /\{\{1\}\} of the header needs a sample/],
    [{ header: { kind: 'image', content: 'h.png' } }, /web address/],
    [{ footer: 'x'.repeat(61) }, /footer may have at most 60/],
    [{ footer: '{{1}}' }, /footer must not have variables/],
    [{ footer: ' ' }, /footer is empty/],
    [{ buttons: [button('quick-reply', 'x'.repeat(26), '')] }, /label/],
    [{ buttons: [button('quick-reply', '', '')] }, /label/],
    [
      { buttons: Array.from({ length: 11 }, (_, index) => button('quick-reply', `b${index}`, '')) },
      /at most 10 buttons/,
    ],
    [{ buttons: [1, 2, 3].map((n) => button('url', `b${n}`, 'https://e.com')) }, /at most 2 buttons/],
    [{ buttons: [1, 2].map((n) => button('phone', `b${n}`, '+15550783881')) }, /at most 1 button/],
    [{ buttons: [button('quick-reply', 'a', ''), button('quick-reply', 'a', '')] }, /same label/],
    [{ buttons: [button('phone', 'Call', 'us')] }, /phone number/],
    [{ buttons: [button('url', 'Go', 'example.com')] }, /web address/],
    [{ buttons: [button('url', 'Go', 'https://e.com/{{1}}/x')] }, /at its end/],
    [{ buttons: [button('url', 'Go', 'https://e.com/{{1}}')] }, /address of button 1 needs a sample/],
    [
      {
        buttons: [button('quick-reply', 'a', ''), button('url', 'b', 'https://e.com'), button('quick-reply', 'c', '')],
      },
      /stand together/,
    ],
  ]
  for (const [change, expected] of rows) {
    const problems = templates.check({ ...newTemplate, ...body(words), ...change })
    assert.ok(
      problems.some((sentence) => expected.test(sentence)),
      `${expected} not in ${JSON.stringify(problems)}`,
    )
    for (const sentence of problems) assert.match(sentence, /^[A-Z].*\.$/)
  }
  assert.deepEqual(templates.check(named), [])
  assert.deepEqual(templates.check({ ...newTemplate, ...body(words) }), [])
})

test('header and body name their variables in one way', () => {
  const mixed: NewTemplate = { ...named, header: { kind: 'text', content: 'Order {{1}}' } }
  const problems = templates.check({ ...mixed, samples: { ...mixed.samples, header: { 1: '4711' } } })
  assert.deepEqual(problems, ['The variables of header and body must be all numbers or all names.'])
})
