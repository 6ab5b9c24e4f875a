import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, test } from 'node:test'
import { type TestBrand, testBrand } from '../../../test/test-brand.ts'
import { type TestServer, testServer } from '../../../test/test-server.ts'
import { type TestUser, testUser } from '../../../test/test-user.ts'

let server: TestServer
let brand: TestBrand
let boss: TestUser
const wa = { senderId: randomUUID(), address: '' }
const templates = { plain: randomUUID(), warm: randomUUID(), draft: randomUUID() }

before(async () => {
  server = await testServer()
  brand = await testBrand(server)
  boss = await testUser(server, brand.accountId, 'administrator')
  const { db } = server.deps
  wa.address = `+1${brand.accountId}`
  await db`
    insert into senders (account_id, sender_id, connector, channel, address, title, settings)
    values (${brand.accountId}, ${wa.senderId}, 'wa-simulator', 'wa', ${wa.address}, 'WhatsApp', '{}')`
  for (const [name, templateId] of Object.entries(templates))
    await db`
      insert into templates (account_id, template_id, name, language, status, body)
      values (${brand.accountId}, ${templateId}, ${name}, 'en', ${name === 'draft' ? 'draft' : 'approved'}, ${`${name} {{1}}`})`
})
after(() => server.close())

const call = (method: string, path: string, body?: unknown) =>
  boss.ask(method, `/api/admin/accounts/${brand.accountId}${path}`, body)
const texts = [
  { name: 'short', weight: 3, text: 'Write to us.' },
  { name: 'polite', weight: 1, text: 'Thank you for calling. Write to us.' },
]
const sms = (more: object) => ({ channel: 'sms', sender: brand.smsSender.senderId, ...more })
let titles = 0
const add = (...channels: object[]) => {
  titles += 1
  return call('POST', '/handoffs', { title: `Variants ${titles}`, channels })
}

test('variants are kept, shown, sent back and restored; the first is what the channel says by itself', async () => {
  const made = await add(
    {
      channel: 'wa',
      sender: wa.address,
      variants: [
        { name: 'A', weight: 1, template: 'plain' },
        { name: 'B', weight: 1, template: templates.warm },
      ],
    },
    sms({ variants: texts }),
  )
  assert.equal(made.status, 201, JSON.stringify(made.body))
  const { handoffId, channels } = made.body
  assert.deepEqual(channels[0].variants, [
    { name: 'A', weight: 1, template: templates.plain },
    { name: 'B', weight: 1, template: templates.warm },
  ])
  assert.equal(channels[0].template, templates.plain)
  assert.deepEqual([channels[1].text, channels[1].variants], [texts[0]!.text, texts])
  const { warnings: _warnings, ...read } = (await call('GET', `/handoffs/${handoffId}`)).body
  assert.deepEqual(read.channels, channels)
  const back = await call('PATCH', `/handoffs/${handoffId}`, { channels: read.channels })
  assert.equal(back.status, 200, JSON.stringify(back.body))

  const single = await call('PATCH', `/handoffs/${handoffId}`, { channels: [sms({ text: 'One text.', variants: [] })] })
  assert.ok(!('variants' in single.body.channels[0]))
  const restored = await call('POST', `/handoffs/${handoffId}/restore`, { version: 1 })
  assert.equal(restored.status, 200, JSON.stringify(restored.body))
  assert.deepEqual(restored.body.channels, channels)
  const kept = (await server.deps.accounts.get(brand.accountId))!.handoffs.get(handoffId)!.channels
  assert.deepEqual(kept[0], {
    ...{ channel: 'wa', senderId: wa.senderId, templateId: templates.plain },
    variants: [
      { name: 'A', weight: 1, templateId: templates.plain },
      { name: 'B', weight: 1, templateId: templates.warm },
    ],
  })
})

test('what cannot be sent or told apart is refused by sentences', async () => {
  const tooLong = 'x'.repeat(1_590)
  const app = await call('POST', '/senders', {
    ...{ connector: 'inapp-simulator', address: 'com.acme.app', settings: { secret: 'x'.repeat(40) } },
  })
  assert.equal(app.status, 201, JSON.stringify(app.body))
  const inapp = (variants: object[]) => ({ channel: 'inapp', senders: ['com.acme.app'], variants })
  for (const [channel, sentence] of [
    [sms({ variants: texts.slice(1) }), /SMS has 2 to 10 variants, or none/],
    [sms({ variants: [texts[0], { ...texts[1], name: 'short' }] }), /needs a name of its own/],
    [sms({ variants: [texts[0], { ...texts[1], name: ' ' }] }), /name has 1 to 64 characters/],
    [sms({ variants: [texts[0], { ...texts[1], weight: 0 }] }), /weight/],
    [sms({ variants: [texts[0], { ...texts[1], weight: 1_001 }] }), /weight/],
    [
      sms({ variants: [texts[0], { ...texts[1], text: '' }] }),
      /The SMS text of the variant "polite" must not be empty/,
    ],
    [sms({ variants: [texts[0], { ...texts[1], text: tooLong }] }), /variant "polite" and its opt-out line exceed/],
    [sms({ variants: [texts[0], { name: 'polite', weight: 1 }] }), /variants\.1 must have the field "text"/],
    [sms({ variants: [texts[0], { ...texts[1], template: 'plain' }] }), /variants\.1 has no field "template"/],
    [sms({}), /must have the field "text"/],
    [sms({ variants: Array.from({ length: 11 }, (_, n) => ({ ...texts[0], name: `N${n}` })) }), /variants/],
    [
      {
        channel: 'wa',
        sender: wa.address,
        variants: [
          { name: 'A', weight: 1, template: 'plain' },
          { name: 'B', weight: 1, template: 'draft' },
        ],
      },
      /The template "draft" is not approved/,
    ],
    [
      inapp([
        { name: 'A', weight: 1, title: 'T', text: 'x' },
        { name: 'B', weight: 1, text: 'x' },
      ]),
      /field "title"/,
    ],
    [
      inapp([
        { name: 'A', weight: 1, title: 'T', text: 'x' },
        { name: 'B', weight: 1, title: ' ', text: 'x' },
      ]),
      /title of the variant "B"/,
    ],
  ] as const) {
    const refused = await add(channel)
    assert.equal(refused.status, 400, JSON.stringify([channel, refused.body]))
    assert.match(JSON.stringify(refused.body.details).replaceAll('\\"', '"'), sentence)
  }
})

test('the published handoff API shows what the channel says by itself; a variant’s template cannot be deleted', async () => {
  const made = await add({
    channel: 'wa',
    sender: wa.address,
    variants: [
      { name: 'A', weight: 1, template: 'warm' },
      { name: 'B', weight: 1, template: 'plain' },
    ],
  })
  for (const templateId of [templates.warm, templates.plain]) {
    const refused = await call('DELETE', `/templates/${templateId}`)
    assert.equal(refused.status, 409, JSON.stringify(refused.body))
  }
  const token = await fetch(`${server.url}/sentinel/api/v2/account/${brand.accountId}/app/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: brand.app.clientId,
      client_secret: brand.app.clientSecret,
    }),
  }).then((answer) => answer.json() as Promise<{ access_token: string }>)
  const listed = await fetch(`${server.url}/api/account/${brand.accountId}/app/c2m/handoffs/list?v=1`, {
    headers: { authorization: `Bearer ${token.access_token}` },
  }).then((answer) => answer.json() as Promise<{ handoffs: { id: string; channels: Record<string, unknown>[] }[] }>)
  const [channel] = listed.handoffs.find(({ id }) => id === made.body.handoffId)!.channels
  assert.equal(channel!.templatename, 'warm')
  assert.ok(!('variants' in channel!))
})

test('a variant that cannot go is a warning, and an error once none can', async () => {
  const made = await add({
    channel: 'wa',
    sender: wa.address,
    variants: [
      { name: 'A', weight: 1, template: 'warm' },
      { name: 'B', weight: 1, template: 'plain' },
    ],
  })
  const said = async () => {
    const { sentences } = (await call('GET', '/health')).body as {
      sentences: { level: string; about: string; sentence: string }[]
    }
    const own = sentences.filter(({ about, sentence }) => about === 'template' && sentence.includes(made.body.title))
    return own.map(({ level, sentence }) => `${level} ${sentence.split(' ')[3]}`).sort()
  }
  assert.deepEqual(await said(), [])
  await server.deps.db`update templates set status = 'paused' where template_id = ${templates.warm}`
  server.deps.accounts.drop(brand.accountId)
  assert.deepEqual(await said(), ['warning warm'])
  await server.deps.db`update templates set status = 'paused' where template_id = ${templates.plain}`
  server.deps.accounts.drop(brand.accountId)
  assert.deepEqual(await said(), ['error plain', 'error warm'])
})
