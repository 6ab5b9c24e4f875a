import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, beforeEach, test } from 'node:test'
import { Type } from 'typebox'
import { type TestBrand, testBrand, testHandoff } from '../../../test/test-brand.ts'
import { ivrOf } from '../../../test/test-call.ts'
import { journalConnector } from '../../../test/test-conversation.ts'
import { type TestServer, testServer } from '../../../test/test-server.ts'
import { type TestUser, testUser } from '../../../test/test-user.ts'
import { checkEligibility } from '../../actions/check-eligibility.ts'
import { receive } from '../../actions/receive.ts'
import { syncTemplates } from '../../actions/sync-templates.ts'
import type { Connector, NewTemplate, ProviderTemplate } from '../../channels/connector.ts'
import { SendFailure } from '../../channels/failures.ts'
import { templateSyncsDue } from '../../store/templates.ts'

/** A provider that keeps what is submitted and judges nothing by itself. */
const provider = {
  known: [] as ProviderTemplate[],
  submissions: 0,
  failure: null as SendFailure | null,
  judge(name: string, status: ProviderTemplate['status'], reason: string | null = null) {
    this.known = this.known.map((one) => (one.name === name ? { ...one, status, reason } : one))
    return this.known.find((one) => one.name === name)!
  },
}
const whatsapp: Connector = {
  ...journalConnector(),
  name: 'wa-judged',
  channel: 'wa',
  settings: Type.Object({}),
  limits: { text: 1_000, templateToBegin: true, windowHours: 24, media: {} },
  templates: {
    check: (template: NewTemplate) => (template.body.includes('casino') ? ['The body must not gamble.'] : []),
    async submit({ name, language, category }) {
      provider.submissions += 1
      if (provider.failure !== null) throw provider.failure
      const made = { providerTemplateId: `p-${name}`, name, language, category, reason: null } as const
      provider.known.push({ ...made, status: 'pending' })
      return { ...made, status: 'pending' }
    },
    async remove({ providerTemplateId }) {
      if (provider.failure !== null) throw provider.failure
      provider.known = provider.known.filter((one) => one.providerTemplateId !== providerTemplateId)
    },
    async list() {
      if (provider.failure !== null) throw provider.failure
      return provider.known
    },
  },
}

let server: TestServer
let brand: TestBrand
let boss: TestUser
let senderId: string

before(async () => {
  server = await testServer({ connectors: [journalConnector(), whatsapp] })
  brand = await testBrand(server, { smsConnector: 'sms-journal' })
  boss = await testUser(server, brand.accountId, 'campaign-manager')
  senderId = randomUUID()
  await server.deps.db`
    insert into senders (account_id, sender_id, connector, channel, address, title, settings)
    values (${brand.accountId}, ${senderId}, 'wa-judged', 'wa', '+18005550177', 'WhatsApp', '{}')`
  server.deps.accounts.drop(brand.accountId)
})
after(() => server.close())
beforeEach(() => {
  provider.known = []
  provider.submissions = 0
  provider.failure = null
})

const call = (method: string, path: string, body?: unknown) =>
  boss.ask(method, `/api/admin/accounts/${brand.accountId}${path}`, body)
const system = () => ({ kind: 'system', accountId: brand.accountId }) as const
const sync = () => syncTemplates(server.deps, system(), { senderId })
const tell = async (template: ProviderTemplate) => {
  const sender = (await server.deps.accounts.get(brand.accountId))!.senders.get(senderId)!
  const heard = [{ kind: 'template', template } as const]
  return receive(server.deps, system(), { sender, heard, receivedAt: new Date(), exchange: null })
}
const stateOf = async (templateId: string) => {
  const { body } = await call('GET', '/templates')
  const one = body.templates.find((template: { templateId: string }) => template.templateId === templateId)
  return [one.status, one.reason]
}
let made = 0
const draft = () => ({
  name: `hello_${++made}`,
  sender: '+18005550177',
  body: 'Hello {{1}}, reply here.',
  samples: { body: { '1': 'Ann' } },
})
async function submitted() {
  const template = draft()
  const { body } = await call('POST', '/templates', template)
  const sent = await call('POST', `/templates/${body.templateId}/submit`)
  assert.deepEqual([sent.status, sent.body.status], [200, 'pending'])
  return { templateId: body.templateId as string, name: template.name }
}

test('written, changed, submitted once, approved by webhook; an approved one stays as it is', async () => {
  const added = await call('POST', '/templates', draft())
  assert.equal(added.status, 201, JSON.stringify(added.body))
  const { templateId, name } = added.body
  assert.deepEqual([added.body.status, added.body.sender, added.body.language], ['draft', senderId, 'en'])
  const changed = await call('PATCH', `/templates/${templateId}`, { body: 'Dear {{1}}, reply here.' })
  assert.equal(changed.body.body, 'Dear {{1}}, reply here.')

  const both = await Promise.all([1, 2].map(() => call('POST', `/templates/${templateId}/submit`)))
  assert.deepEqual(
    both.map(({ status }) => status),
    [200, 200],
  )
  assert.equal(provider.submissions, 1)
  const refused = await call('PATCH', `/templates/${templateId}`, { body: 'Other words.' })
  assert.match(refused.body.details[0], /is pending and cannot be changed/)

  assert.deepEqual(await tell(provider.judge(name, 'approved')), { template: 1 })
  assert.deepEqual(await stateOf(templateId), ['approved', null])
  assert.deepEqual(await tell(provider.judge(name, 'approved')), { ignored: 1 }, 'told twice, nothing new')
  assert.equal((await call('PATCH', `/templates/${templateId}`, { footer: 'x' })).status, 400)
  const { body } = await boss.ask('GET', `/api/admin/accounts/${brand.accountId}/templates`)
  assert.equal(body.templates.find((one: { name: string }) => one.name === name).providerTemplateId, `p-${name}`)
  const audited = await server.deps.db`
    select action from audit where account_id = ${brand.accountId} and subject = ${templateId} order by at`
  assert.deepEqual(
    audited.map((row) => row.action),
    ['template.create', 'template.change', 'template.submit', 'template.judged'],
  )
})

test('what the provider would refuse is said before it is submitted, what it has refused after', async () => {
  const { body } = await call('POST', '/templates', { ...draft(), body: 'A casino, {{1}}, for you.' })
  const early = await call('POST', `/templates/${body.templateId}/submit`)
  assert.deepEqual([early.status, early.body.details], [400, ['The body must not gamble.']])
  assert.equal(provider.submissions, 0)

  const other = (await call('POST', '/templates', draft())).body
  provider.failure = new SendFailure('template-rejected', { providerCode: '2388293' })
  const late = await call('POST', `/templates/${other.templateId}/submit`)
  assert.equal(late.status, 400)
  assert.match(late.body.details[0], /2388293/)
  const [status, reason] = await stateOf(other.templateId)
  assert.equal(status, 'draft')
  assert.match(reason, /2388293/)
})

test('rejected with the reason; changed, it is a draft again', async () => {
  const { templateId, name } = await submitted()
  await tell(provider.judge(name, 'rejected', 'INVALID_FORMAT'))
  assert.deepEqual(await stateOf(templateId), ['rejected', 'INVALID_FORMAT'])
  const again = await call('POST', `/templates/${templateId}/submit`)
  assert.deepEqual([again.status, again.body.title], [409, 'The template was rejected'])
  assert.equal((await call('PATCH', `/templates/${templateId}`, { name: `${name}_b` })).status, 200)
  assert.deepEqual(await stateOf(templateId), ['draft', null])
})

test('no webhook came: asking the provider tells; while it cannot be asked nothing changes', async () => {
  const { templateId, name } = await submitted()
  provider.judge(name, 'approved')
  provider.failure = new SendFailure('unreachable')
  assert.equal(await sync(), null)
  assert.deepEqual(await stateOf(templateId), ['pending', null])
  provider.failure = null
  assert.equal(await sync(), 1)
  assert.deepEqual(await stateOf(templateId), ['approved', null])
  assert.equal(await sync(), 0)
})

test('the answer to a submission is lost: pending until the list tells, a draft again when it never arrived', async () => {
  const arrived = (await call('POST', '/templates', draft())).body
  const lost = (await call('POST', '/templates', draft())).body
  provider.failure = new SendFailure('unknown-outcome')
  for (const { templateId } of [arrived, lost])
    assert.equal((await call('POST', `/templates/${templateId}/submit`)).status, 503)
  provider.failure = null
  const { name, language, category } = arrived
  provider.known = [{ providerTemplateId: 'p-9', name, language, category, status: 'approved', reason: null }]
  await sync()
  assert.deepEqual(await stateOf(arrived.templateId), ['approved', null])
  assert.deepEqual(await stateOf(lost.templateId), ['pending', null], 'a list may lag behind')
  await server.deps
    .db`update templates set submitted_at = now() - interval '11 minutes' where template_id = ${lost.templateId}`
  await sync()
  assert.equal((await stateOf(lost.templateId))[0], 'draft')
})

test('deleted at the provider: disabled, with the reason', async () => {
  const { templateId, name } = await submitted()
  provider.judge(name, 'approved')
  await sync()
  provider.known = []
  await server.deps.db`update templates set submitted_at = now() - interval '1 day' where template_id = ${templateId}`
  await sync()
  assert.deepEqual(await stateOf(templateId), ['disabled', 'The provider no longer has it.'])
})

test('a template made at the provider is taken in by a draft of its name and language, when a person asks', async () => {
  const { templateId, name, language, category } = (await call('POST', '/templates', draft())).body
  provider.known = [{ providerTemplateId: 'theirs', name, language, category, status: 'approved', reason: null }]
  await sync()
  assert.deepEqual(await stateOf(templateId), ['draft', null], 'never by itself')
  const { body } = await call('POST', '/templates/sync')
  assert.deepEqual(body.unanswered, [])
  assert.deepEqual(await stateOf(templateId), ['approved', null])
})

test('asked every few minutes while one is judged, every hour otherwise', async () => {
  const { db } = server.deps
  const due = async () => (await templateSyncsDue(db)).some((one) => one.senderId === senderId)
  const askedMinutesAgo = (minutes: number) =>
    db`update template_syncs set synced_at = now() - make_interval(mins => ${minutes}) where sender_id = ${senderId}`
  const { name } = await submitted()
  await sync()
  assert.equal(await due(), false)
  await askedMinutesAgo(6)
  assert.equal(await due(), true)
  provider.judge(name, 'approved')
  await sync()
  await db`update templates set status = 'disabled' where account_id = ${brand.accountId} and status = 'pending'`
  await askedMinutesAgo(6)
  assert.equal(await due(), false)
  await askedMinutesAgo(61)
  assert.equal(await due(), true)
})

test('a paused template: the channel is left out, and explain says why', async () => {
  const { templateId, name } = await submitted()
  await tell(provider.judge(name, 'approved'))
  const handoffId = await testHandoff(server, brand.accountId, [{ channel: 'wa', senderId, templateId }])
  server.deps.accounts.drop(brand.accountId)
  const ask = () =>
    checkEligibility(server.deps, ivrOf(brand), {
      consumerPhoneNumber: '+12065550144',
      skill: 'support',
      handoffId,
      templateVariables: { '1': 'Ann' },
      explain: true,
    })
  assert.deepEqual((await ask()).availableChannels, ['wa'])
  await tell(provider.judge(name, 'paused', 'LOW_QUALITY'))
  server.deps.accounts.drop(brand.accountId)
  const paused = await ask()
  assert.deepEqual(paused.availableChannels, [])
  assert.match(paused.reasons![0]!.message, /It is paused: LOW_QUALITY$/)
})

test('deleted here and at the provider; a draft that was never submitted only here', async () => {
  const { templateId, name } = await submitted()
  await tell(provider.judge(name, 'approved'))
  const remove = (id: string) => call('DELETE', `/templates/${id}`)
  assert.equal((await remove(templateId)).status, 204)
  assert.deepEqual(provider.known, [])
  assert.equal((await remove(templateId)).status, 404)
  provider.failure = new SendFailure('unreachable')
  const draftOnly = (await call('POST', '/templates', draft())).body
  assert.equal((await remove(draftOnly.templateId)).status, 204)
  const [entry] = await server.deps.db`
    select action, before from audit where subject = ${templateId} order by at desc limit 1`
  assert.deepEqual([entry!.action, entry!.before.name], ['template.delete', name])
})

test('not while a handoff names it, nor while nobody knows whether the provider has it', async () => {
  const { templateId, name } = await submitted()
  await tell(provider.judge(name, 'approved'))
  const handoffId = await testHandoff(server, brand.accountId, [{ channel: 'wa', senderId, templateId }])
  server.deps.accounts.drop(brand.accountId)
  const refused = await call('DELETE', `/templates/${templateId}`)
  assert.deepEqual([refused.status, refused.body.title], [409, 'The template is in use'])
  assert.match(refused.body.details[0], new RegExp(handoffId))
  assert.equal(provider.known.length, 1)

  provider.failure = new SendFailure('unknown-outcome')
  const lost = (await call('POST', '/templates', draft())).body
  await call('POST', `/templates/${lost.templateId}/submit`)
  const unclear = await call('DELETE', `/templates/${lost.templateId}`)
  assert.deepEqual([unclear.status, unclear.body.title], [409, 'The template cannot be deleted yet'])
})

test('a deletion that does not come about changes nothing; one in doubt leaves it unusable, to be deleted again', async () => {
  const { templateId, name } = await submitted()
  await tell(provider.judge(name, 'approved'))
  for (const [kind, status] of [
    ['unreachable', 503],
    ['misconfigured', 400],
  ] as const) {
    provider.failure = new SendFailure(kind)
    assert.equal((await call('DELETE', `/templates/${templateId}`)).status, status)
    assert.deepEqual(await stateOf(templateId), ['approved', null])
  }
  provider.failure = new SendFailure('unknown-outcome')
  assert.equal((await call('DELETE', `/templates/${templateId}`)).status, 503)
  const [status, reason] = await stateOf(templateId)
  assert.equal(status, 'disabled')
  assert.match(reason, /delete it again/)
  provider.failure = null
  assert.equal((await call('DELETE', `/templates/${templateId}`)).status, 204)
})

test('the provider’s own words about a refusal reach the administrator', async () => {
  const { templateId } = (await call('POST', '/templates', draft())).body
  provider.failure = new SendFailure('content-rejected', {
    providerCode: '100',
    advice: 'Too many variables: add words',
  })
  const { body } = await call('POST', `/templates/${templateId}/submit`)
  assert.deepEqual(body.details, ['Too many variables: add words (100)'])
})

test('an agent writes no templates, and another brand’s is not found', async () => {
  const agent = await testUser(server, brand.accountId, 'agent')
  const path = `/api/admin/accounts/${brand.accountId}/templates`
  assert.equal((await agent.ask('POST', path, draft())).status, 403)
  const other = await testBrand(server, { smsConnector: 'sms-journal' })
  const stranger = await testUser(server, other.accountId, 'administrator')
  const { templateId } = await submitted()
  const theirs = `/api/admin/accounts/${other.accountId}/templates/${templateId}`
  assert.equal((await stranger.ask('PATCH', theirs, { footer: 'x' })).status, 404)
  assert.equal((await stranger.ask('POST', `${theirs}/submit`)).status, 404)
})
