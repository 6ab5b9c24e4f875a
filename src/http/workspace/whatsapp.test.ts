import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, test } from 'node:test'
import { type TestBrand, testBrand } from '../../../test/test-brand.ts'
import { journalConnector, testConversation } from '../../../test/test-conversation.ts'
import { type TestServer, testServer } from '../../../test/test-server.ts'
import { type TestUser, testUser } from '../../../test/test-user.ts'
import { deliverMessage } from '../../actions/deliver-message.ts'
import type { Connector } from '../../channels/connector.ts'
import { SendFailure } from '../../channels/failures.ts'

/* WhatsApp in an agent's hands: the window of 24 hours, templates beyond it, files in both directions. */
const journal = journalConnector()
let file: { contentType: string; base64: string } | SendFailure
const asked: unknown[] = []
const whatsapp: Connector = {
  ...journal,
  limits: { text: 200, templateToBegin: true, windowHours: 24, media: { 'image/png': 5_000_000 } },
  async fetchMedia(media) {
    asked.push(media)
    if (file instanceof SendFailure) throw file
    return file
  },
}
let server: TestServer
let brand: TestBrand
let agent: TestUser
let templateId: string

before(async () => {
  server = await testServer({ connectors: [{ ...whatsapp, channel: 'wa' }] })
  brand = await testBrand(server, { smsConnector: 'sms-journal' })
  agent = await testUser(server, brand.accountId, 'agent', { skills: [brand.skills.support] })
  templateId = randomUUID()
  const { db } = server.deps
  await db`update senders set channel = 'wa' where account_id = ${brand.accountId}`
  await db`
    insert into templates (account_id, template_id, name, language, status, body, buttons, sender_id)
    values (${brand.accountId}, ${templateId}, 'come_back', 'en', 'approved', 'Hello {{1}}, we have news.',
      ${db.json([{ kind: 'url', label: 'Read', value: 'https://brand.example/{{1}}' }])}, ${brand.smsSender.senderId}),
      (${brand.accountId}, ${randomUUID()}, 'waiting', 'en', 'pending', 'Hello', '[]', ${brand.smsSender.senderId})`
  server.deps.accounts.drop(brand.accountId)
})
after(() => server.close())

/** A conversation on WhatsApp that is the agent's, the consumer's last message so many hours ago. */
async function talking(hoursAgo: number) {
  const conversation = await testConversation(server, brand)
  const { conversationId } = conversation
  const { db } = server.deps
  await db`
    update conversations set channel = 'wa', state = 'assigned', owner_id = ${agent.userId},
      last_inbound_at = now() - make_interval(secs => ${hoursAgo * 3_600})
    where conversation_id = ${conversationId}`
  const [message] = await db`
    select message_id from messages where conversation_id = ${conversationId} and direction = 'in'`
  return {
    ...conversation,
    messageId: message!.message_id as string,
    path: `/api/workspace/conversations/${conversationId}`,
  }
}
const reply = (path: string, body: Record<string, unknown>) =>
  agent.ask('POST', `${path}/reply`, { clientId: randomUUID(), ...body })
const withTemplate = (path: string, body: Record<string, unknown>) =>
  agent.ask('POST', `${path}/reply-with-template`, { templateId, clientId: randomUUID(), ...body })

test('within 24 hours free text goes, and the view says until when', async () => {
  const { path, conversationId } = await talking(23)
  const { body } = await agent.ask('GET', path)
  assert.equal(body.window.closed, false)
  assert.ok(Date.parse(body.window.endsAt) > Date.now())
  const refusals = Object.fromEntries(
    body.acts.map(({ act, refusal }: { act: string; refusal: string | null }) => [act, refusal]),
  )
  assert.deepEqual([refusals.reply, refusals['reply-with-template']], [null, null])
  assert.equal((await reply(path, { text: 'Hello' })).status, 202)
  const [attempt] = await server.deps.db`
    select a.expires_at from attempts a join messages m using (account_id, message_id)
    where m.conversation_id = ${conversationId}`
  assert.equal(attempt!.expires_at.toISOString(), body.window.endsAt, 'it waits no longer than it may go')
})

test('after 24 hours it is refused before anything is sent; a template goes', async () => {
  const { deps } = server
  const { path, conversationId } = await talking(25)
  const refused = await reply(path, { text: 'Hello' })
  assert.deepEqual([refused.status, refused.body.code], [409, 'window-closed'])
  const { body } = await agent.ask('GET', path)
  assert.equal(body.window.closed, true)
  const known = await agent.ask('GET', `${path}/templates`)
  assert.deepEqual(known.body.templates, [
    {
      ...{ templateId, name: 'come_back', language: 'en', body: 'Hello {{1}}, we have news.' },
      variables: { body: ['1'], header: [], buttons: ['1'] },
    },
  ])

  const missing = await withTemplate(path, { templateVariables: { '1': 'Ann' } })
  assert.deepEqual(missing.body.details, ['templateVariables.buttonVariables.1 is missing.'])
  const templateVariables = { '1': 'Ann', buttonVariables: { '1': 'news' } }
  const sent = await withTemplate(path, { templateVariables, clientId: 'once' })
  assert.equal(sent.status, 202)
  const again = await withTemplate(path, { templateVariables, clientId: 'once' })
  assert.equal(again.body.messageId, sent.body.messageId)
  assert.equal((await withTemplate(path, { templateId: randomUUID(), clientId: 'once' })).status, 409)
  const attempts = await deps.db`
    select a.attempt_id from attempts a join messages m using (account_id, message_id)
    where m.conversation_id = ${conversationId}`
  assert.equal(attempts.length, 1)
  const system = { kind: 'system', accountId: brand.accountId } as const
  await deliverMessage(deps, system, { attemptId: attempts[0]!.attempt_id })
  const out = journal.sent.at(-1)!
  assert.deepEqual([out.text, out.template!.template.name], ['Hello Ann, we have news.', 'come_back'])
  assert.deepEqual(out.template!.variables.buttons, { '1': 'news' })
})

test('only an approved template of this sender goes', async () => {
  const { path } = await talking(25)
  const unknown = await withTemplate(path, { templateId: randomUUID() })
  assert.match(unknown.body.details[0], /no such approved template/)
  await server.deps
    .db`update conversations set channel = 'sms' where account_id = ${brand.accountId} and state <> 'closed'`
})

test('a template that is deleted while its message waits: refused, and its words do not go out as free text', async () => {
  const { deps } = server
  const { path, conversationId } = await talking(25)
  const [row] = await deps.db`
    insert into templates (account_id, template_id, name, language, status, body, buttons, sender_id)
    values (${brand.accountId}, ${randomUUID()}, 'short_lived', 'en', 'approved', 'Hello.', '[]', ${brand.smsSender.senderId})
    returning template_id`
  deps.accounts.drop(brand.accountId)
  assert.equal((await withTemplate(path, { templateId: row!.template_id })).status, 202)
  await deps.db`delete from templates where template_id = ${row!.template_id}`
  deps.accounts.drop(brand.accountId)
  const [attempt] = await deps.db`
    select a.attempt_id from attempts a join messages m using (account_id, message_id)
    where m.conversation_id = ${conversationId}`
  const before = journal.sent.length
  await deliverMessage(deps, { kind: 'system', accountId: brand.accountId }, { attemptId: attempt!.attempt_id })
  assert.equal(journal.sent.length, before)
  const { body } = await agent.ask('GET', path)
  assert.equal(body.messages.at(-1).status, 'failed')
})

test('a file goes along when the channel takes its type, from an https address', async () => {
  const { path, conversationId } = await talking(1)
  const media = { url: 'https://cdn.example.com/a.png', contentType: 'image/png', fileName: 'a.png' }
  const refusals: [Record<string, unknown>, RegExp][] = [
    [{ media: { ...media, contentType: 'image/tiff' }, text: '' }, /takes image\/png/],
    [{ media: { ...media, url: 'http://cdn.example.com/a.png' }, text: '' }, /https/],
    [{ media: { ...media, fileName: '../a.png' }, text: '' }, /without slashes/],
    [{ text: '' }, /empty/],
  ]
  for (const [body, sentence] of refusals) assert.match((await reply(path, body)).body.details[0], sentence)
  assert.equal((await reply(path, { text: '', media })).status, 202)
  const [attempt] = await server.deps.db`
    select a.attempt_id from attempts a join messages m using (account_id, message_id)
    where m.conversation_id = ${conversationId}`
  const system = { kind: 'system', accountId: brand.accountId } as const
  await deliverMessage(server.deps, system, { attemptId: attempt!.attempt_id })
  assert.deepEqual(journal.sent.at(-1)!.media, media)
  const { body } = await agent.ask('GET', path)
  assert.deepEqual(body.messages.at(-1).media, [media])
})

test('a consumer’s file is fetched when it is asked for, and is a download, not a page', async () => {
  const { path, messageId } = await talking(1)
  const media = [{ url: 'media-id-1', contentType: 'text/html', fileName: 'résumé.html' }]
  await server.deps.db`update messages set media = ${server.deps.db.json(media)} where message_id = ${messageId}`
  const { body } = await agent.ask('GET', path)
  const shown = body.messages[0].media[0]
  assert.equal(shown.url, `${path}/messages/${messageId}/media/0`, 'never the provider’s own')
  file = { contentType: 'text/html', base64: Buffer.from('<script>alert(1)</script>').toString('base64') }
  const got = await agent.ask('GET', shown.url)
  assert.equal(got.status, 200)
  assert.equal(got.headers.get('content-type'), 'application/octet-stream')
  assert.equal(got.headers.get('x-content-type-options'), 'nosniff')
  assert.equal(got.headers.get('content-disposition'), "attachment; filename*=UTF-8''r%C3%A9sum%C3%A9.html")
  assert.equal(got.body as unknown, '<script>alert(1)</script>')
  assert.deepEqual(asked.at(-1), media[0])

  file = { contentType: 'image/png', base64: Buffer.from('png').toString('base64') }
  assert.equal((await agent.ask('GET', shown.url)).headers.get('content-type'), 'image/png')
  file = new SendFailure('unreachable')
  assert.equal((await agent.ask('GET', shown.url)).status, 503)
  assert.equal((await agent.ask('GET', `${path}/messages/${messageId}/media/1`)).status, 404)

  const stranger = await testUser(server, brand.accountId, 'agent', { skills: [brand.skills.sales] })
  file = { contentType: 'image/png', base64: '' }
  assert.equal((await stranger.ask('GET', shown.url)).status, 404)
})

test('a list says of a file without words what it is, and else the words', async () => {
  const { path, messageId } = await talking(1)
  const lastText = async (text: string, contentType: string | null) => {
    const media = contentType === null ? null : [{ url: 'media-id-1', contentType }]
    await server.deps.db`
      update messages set body = ${text}, media = ${server.deps.db.json(media)} where message_id = ${messageId}`
    return (await agent.ask('GET', path)).body.conversation.lastText
  }
  assert.equal(await lastText('', 'image/webp'), 'Picture')
  assert.equal(await lastText('', 'audio/ogg; codecs=opus'), 'Voice note')
  assert.equal(await lastText('', 'application/pdf'), 'File')
  assert.equal(await lastText('Look at the lid', 'image/webp'), 'Look at the lid')
  assert.equal(await lastText('', null), '')
})
