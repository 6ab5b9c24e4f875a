import assert from 'node:assert/strict'
import { test } from 'node:test'
import { metaStage } from '../../../test/provider-stage.ts'
import { simulatedBusiness, simulatedTemplate, waConsumer, waOutgoing } from '../../../test/simulators/meta/index.ts'
import type { Template, TemplateVariables } from '../../domain/template.ts'
import type { Outgoing } from '../connector.ts'
import { SendFailure } from '../failures.ts'
import { send } from './send.ts'

const richComponents = [
  { type: 'HEADER', format: 'TEXT', text: 'Order {{order}}' },
  { type: 'BODY', text: 'Hello {{first_name}}, order {{order}} waits for you.' },
  { type: 'FOOTER', text: 'Example Ltd' },
  {
    type: 'BUTTONS',
    buttons: [
      { type: 'URL', text: 'Track', url: 'https://example.com/t/{{1}}' },
      { type: 'URL', text: 'Pay', url: 'https://example.com/p/{{1}}' },
      { type: 'PHONE_NUMBER', text: 'Call', phone_number: '+15550783881' },
      { type: 'QUICK_REPLY', text: 'Stop' },
    ],
  },
]
const fileTemplates = (['IMAGE', 'VIDEO', 'DOCUMENT'] as const).map((format) => ({
  name: `with_${format.toLowerCase()}`,
  language: 'en_US',
  category: 'UTILITY',
  status: 'APPROVED' as const,
  components: [
    { type: 'HEADER', format, example: { header_handle: ['4::x'] } },
    { type: 'BODY', text: 'Here it is for you.' },
  ],
}))
const business = {
  ...simulatedBusiness,
  templates: [
    ...simulatedBusiness.templates,
    { name: 'rich', language: 'en_US', category: 'UTILITY', status: 'APPROVED' as const, components: richComponents },
    ...fileTemplates,
  ],
}

const { simulator, sender, http } = await metaStage(business)
const sends = (out: Partial<Outgoing> = {}, settings: Record<string, unknown> = {}, timeoutMs?: number) =>
  send(waOutgoing(out), sender(settings), http(timeoutMs))
const request = () => simulator.accepted.at(-1)!.request!
const openWindow = () => simulator.consumerSends(waConsumer, business.numbers[0].phoneNumberId, 'Hi')

test('an invite is a template with numbered variables, a payload on its button, and our token', async () => {
  const sent = await sends()
  assert.deepEqual(sent, { providerId: simulator.accepted[0]!.id, status: 'sending' })
  assert.deepEqual(request(), {
    messaging_product: 'whatsapp',
    recipient_type: 'individual',
    to: '16505551234',
    biz_opaque_callback_data: waOutgoing().attemptToken,
    type: 'template',
    template: {
      name: 'continue_in_chat',
      language: { policy: 'deterministic', code: 'en_US' },
      components: [
        {
          type: 'body',
          parameters: [
            { type: 'text', text: 'Ann' },
            { type: 'text', text: 'order 4711' },
          ],
        },
        { type: 'button', sub_type: 'quick_reply', index: '0', parameters: [{ type: 'payload', payload: 'STOP' }] },
      ],
    },
  })
  assert.equal(simulator.requests[0]!.version, 'v25.0')
  await sends({}, { apiVersion: 'v31.0' })
  assert.equal(simulator.requests[1]!.version, 'v31.0')
})

const rich: Template = {
  ...simulatedTemplate,
  name: 'rich',
  header: { kind: 'text', content: 'Order {{order}}' },
  body: 'Hello {{first_name}}, order {{order}} waits for you.',
  footer: 'Example Ltd',
  buttons: [
    { kind: 'url', label: 'Track', value: 'https://example.com/t/{{1}}' },
    { kind: 'url', label: 'Pay', value: 'https://example.com/p/{{1}}' },
    { kind: 'phone', label: 'Call', value: '+15550783881' },
    { kind: 'quick-reply', label: 'Stop', value: '' },
  ],
}

test('names, a header text and the buttons’ addresses get their variables', async () => {
  const variables = {
    body: { first_name: 'Ann', order: '4711' },
    header: { order: '4711' },
    buttons: { 1: 'k3J9', 2: 'p/7' },
  }
  await sends({ template: { template: rich, variables } })
  assert.deepEqual((request().template as { components: unknown }).components, [
    { type: 'header', parameters: [{ type: 'text', parameter_name: 'order', text: '4711' }] },
    {
      type: 'body',
      parameters: [
        { type: 'text', parameter_name: 'first_name', text: 'Ann' },
        { type: 'text', parameter_name: 'order', text: '4711' },
      ],
    },
    { type: 'button', sub_type: 'url', index: '0', parameters: [{ type: 'text', text: 'k3J9' }] },
    { type: 'button', sub_type: 'url', index: '1', parameters: [{ type: 'text', text: 'p/7' }] },
  ])
})

test('buttons that call their variable the same take theirs by place, others by name', async () => {
  const texts = async (values: readonly string[], buttons: Record<string, string>) => {
    const urls = values.map(
      (value, n) => ({ kind: 'url', label: `b${n}`, value: `https://example.com/${value}` }) as const,
    )
    const template = {
      ...rich,
      header: null,
      body: 'Hello {{first_name}}, order {{order}} waits for you.',
      buttons: urls,
    }
    const variables = { body: { first_name: 'a', order: 'b' }, header: {}, buttons }
    const { components } = (await written(template, variables)) as {
      components: { sub_type?: string; parameters: { text: string }[] }[]
    }
    return components.filter(({ sub_type }) => sub_type === 'url').map(({ parameters }) => parameters[0]!.text)
  }
  const written = async (template: Template, variables: TemplateVariables) => {
    let body = ''
    const sent = { status: 200, headers: {}, text: '{"messages":[{"id":"wamid.X"}]}' }
    await send(waOutgoing({ template: { template, variables } }), sender(), async (out) => {
      body = String(out.body)
      return sent
    })
    return (JSON.parse(body) as { template: unknown }).template
  }
  assert.deepEqual(await texts(['{{1}}', '{{1}}'], { 1: 'x', 2: 'y' }), ['x', 'y'])
  assert.deepEqual(await texts(['{{1}}', '{{1}}'], { 1: 'x' }), ['x', 'x'])
  assert.deepEqual(await texts(['{{2}}', '{{1}}'], { 1: 'x', 2: 'y' }), ['y', 'x'])
  assert.deepEqual(await texts(['{{code}}', 'static', '{{ref}}'], { code: 'c', ref: 'r' }), ['c', 'r'])
})

test('numbered variables go in the order of their numbers, not of the text; values stay one line', async () => {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: the configuration API's spelling of a variable.
  const template = { ...simulatedTemplate, body: 'About {{2}}: hello ${{1}}, welcome back.', buttons: [] }
  await sends({ template: { template, variables: { body: { 1: 'A\nnn', 2: 'x      y' }, header: {}, buttons: {} } } })
  assert.deepEqual((request().template as { components: unknown }).components, [
    {
      type: 'body',
      parameters: [
        { type: 'text', text: 'A nn' },
        { type: 'text', text: 'x    y' },
      ],
    },
  ])
})

test('a header is an image, a film or a document by its address', async () => {
  for (const kind of ['image', 'video', 'document'] as const) {
    const link = `https://cdn.example.com/a/file%20one.${kind}`
    const template = {
      ...simulatedTemplate,
      name: `with_${kind}`,
      body: 'Here it is for you.',
      buttons: [],
      header: { kind, content: '4::aW' },
    }
    await sends({ template: { template, variables: { body: {}, header: { 1: link }, buttons: {} } } })
    const part = kind === 'document' ? { link, filename: 'file one.document' } : { link }
    assert.deepEqual((request().template as { components: unknown }).components, [
      { type: 'header', parameters: [{ type: kind, [kind]: part }] },
    ])
    for (const [content, header] of [
      [link, {}],
      ['{{1}}', { 1: link }],
      ['https://cdn.example.com/a/{{1}}', { 1: `file%20one.${kind}` }],
    ] as const) {
      const own = { ...template, header: { kind, content } }
      await sends({ template: { template: own, variables: { body: {}, header, buttons: {} } } })
      assert.deepEqual((request().template as { components: { parameters: unknown[] }[] }).components[0]!.parameters, [
        { type: kind, [kind]: part },
      ])
    }
  }
})

test('a variable without a value is refused before anything is asked of Meta', async () => {
  const none = { body: {}, header: {}, buttons: {} }
  const file = { ...simulatedTemplate, header: { kind: 'image', content: '4::aW' } as const }
  const url = { ...rich, header: null, body: 'Hello.' }
  for (const [template, variables] of [
    [simulatedTemplate, none],
    [simulatedTemplate, { ...none, body: { 1: 'Ann', 2: '' } }],
    [file, { ...none, body: { 1: 'Ann', 2: 'x' } }],
    [url, none],
    [url, { ...none, buttons: { 2: 'x' } }],
  ] as const)
    await assert.rejects(sends({ template: { template, variables } }), {
      kind: 'template-rejected',
      providerCode: null,
    })
  assert.equal(simulator.requests.length, 0)
})

test('templates that are unknown, not approved, paused or disabled are refused with their code', async () => {
  const { wabaId } = business
  const missing = { ...simulatedTemplate, language: 'de' }
  const { variables } = waOutgoing().template!
  await assert.rejects(sends({ template: { template: missing, variables } }), {
    kind: 'template-rejected',
    providerCode: '132001',
  })
  for (const [state, providerCode] of [
    ['PENDING', '132001'],
    ['PAUSED', '132015'],
    ['DISABLED', '132016'],
  ] as const) {
    simulator.decide(wabaId, 'continue_in_chat', state)
    await assert.rejects(sends(), { kind: 'template-rejected', providerCode })
  }
  simulator.decide(wabaId, 'continue_in_chat', 'APPROVED')
  const three = { ...simulatedTemplate, body: 'Hello {{1}}, {{2}} and {{3}} wait.' }
  const body = { 1: 'a', 2: 'b', 3: 'c' }
  await assert.rejects(sends({ template: { template: three, variables: { ...variables, body } } }), {
    kind: 'template-rejected',
    providerCode: '132000',
  })
})

test('free text, images and documents go out inside the window', async () => {
  await openWindow()
  await sends({ template: null, text: 'Hello “Ann”\n☕' })
  assert.deepEqual([request().type, request().text], ['text', { body: 'Hello “Ann”\n☕', preview_url: false }])
  const url = 'https://connect.example.com/media/1'
  const file = (contentType: string) => ({ url, contentType, fileName: 'bill.pdf' })
  await sends({ template: null, text: 'Look', media: file('image/png') })
  assert.deepEqual(request().image, { link: url, caption: 'Look' })
  await sends({ template: null, text: '', media: file('application/pdf; charset=binary') })
  assert.deepEqual(request().document, { link: url, filename: 'bill.pdf' })
  await sends({ template: null, text: '', media: file('video/mp4') })
  assert.deepEqual(request().video, { link: url })
  const count = simulator.requests.length
  const rejected = { kind: 'content-rejected' }
  await assert.rejects(sends({ template: null, media: file('text/html') }), rejected)
  await assert.rejects(sends({ template: null, text: 'x'.repeat(1025), media: file('image/png') }), rejected)
  assert.equal(simulator.requests.length, count)
  await assert.rejects(sends({ template: null, text: 'x'.repeat(4097) }), { ...rejected, providerCode: '131009' })
})

test('the address is the one under which Meta knows the consumer, when that is another', async () => {
  simulator.persona(waConsumer, 'other-wa-id')
  assert.equal((await sends()).address, '+5511987654321')
})

test('somebody with a user name is sent to by their user id', async () => {
  simulator.persona(waConsumer, 'username-only')
  const sent = await sends({ to: 'US.13491208655302741918' })
  assert.equal(sent.address, undefined)
  assert.deepEqual([request().recipient, request().to], ['US.13491208655302741918', undefined])
})

test('a message that is held or paused was accepted all the same', async () => {
  for (const message_status of ['held_for_quality_assessment', 'paused', 'accepted']) {
    const fields = { messages: [{ id: 'wamid.X', message_status }] }
    simulator.fault({ phase: 'api', do: 'patch', fields })
    assert.deepEqual(await sends(), { providerId: 'wamid.X', status: 'sending' })
  }
})

test('a yes that names no message, and whatever cannot be read, may have been sent', async () => {
  for (const fields of [{ messages: null }, { messages: [] }, { messages: [{ id: ' ' }] }, { messages: 'x' }]) {
    simulator.fault({ phase: 'api', do: 'patch', fields })
    await assert.rejects(sends(), { kind: 'unknown-outcome' }, JSON.stringify(fields))
  }
  for (const [status, body] of [
    [200, '<html>'],
    [200, '[]'],
    [200, ''],
    [204, ''],
    [302, ''],
    [500, '{"error": 7}'],
    [502, '<html>'],
  ] as const) {
    simulator.fault({ phase: 'api', do: 'raw', status, body })
    await assert.rejects(sends(), { kind: 'unknown-outcome' }, `${status} ${body}`)
  }
  for (const accepts of [true, false]) {
    simulator.fault({ phase: 'api', do: 'cut', accepts })
    await assert.rejects(sends(), { kind: 'unknown-outcome' })
  }
  simulator.fault({ phase: 'api', do: 'cut', accepts: true, afterBytes: 20 })
  await assert.rejects(sends(), { kind: 'unknown-outcome' })
  simulator.fault({ phase: 'api', do: 'hold', accepts: true })
  await assert.rejects(sends({}, {}, 200), { kind: 'unknown-outcome' })
})

test('one message is one request, however it ends', async () => {
  for (const rule of [
    { do: 'cut', accepts: false },
    { do: 'error', status: 503, code: 131016 },
    { do: 'error', status: 429, code: 130429 },
  ] as const) {
    simulator.fault({ phase: 'api', ...rule })
    const before = simulator.requests.length
    await assert.rejects(sends(), SendFailure)
    assert.equal(simulator.requests.length, before + 1)
  }
})

test('too fast says when to come back, where that is known', async () => {
  const rows: readonly (readonly [number, string | undefined, number | null])[] = [
    [130429, undefined, null],
    [130429, '7', 7_000],
    [4, '999999', 3_600_000],
    [80007, 'soon', null],
    [131056, undefined, 6_000],
    [131056, '9', 9_000],
    [613, undefined, null],
  ]
  for (const [code, retryAfter, retryAfterMs] of rows) {
    const given = retryAfter === undefined ? {} : { retryAfter }
    simulator.fault({ phase: 'api', do: 'error', status: 400, code, ...given })
    await assert.rejects(sends(), { kind: 'throttled', providerCode: String(code), retryAfterMs }, String(code))
  }
})

test('a token that is wrong, or lacks the permission, or a number of somebody else stops the sender', async () => {
  await assert.rejects(sends({}, { accessToken: 'EAAwrong' }), { kind: 'misconfigured', providerCode: '190' })
  await assert.rejects(sends({}, { phoneNumberId: '999999999999999' }), { kind: 'misconfigured', providerCode: '100' })
})
