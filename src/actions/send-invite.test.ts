import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import test, { after, before } from 'node:test'
import { inviteBy, invitedRows, type SendingStage, sendingStage } from '../../test/sending-stage.ts'
import type { PlainAnswer } from '../../test/simulators/plain-provider.ts'
import type { TestBrand } from '../../test/test-brand.ts'
import { testCall } from '../../test/test-call.ts'
import { testPhone } from '../../test/test-phone.ts'
import { defaultOptOutLine } from '../domain/handoff.ts'
import { type InviteRefusal, inviteRefusals } from '../domain/invite.ts'
import { Problem } from '../errors.ts'
import { lockConsumer } from '../store/consumer-lock.ts'
import { atomic } from '../store/db.ts'
import { recordOptOut } from '../store/opt-outs.ts'

let stage: SendingStage
before(async () => {
  stage = await sendingStage({ env: { INVITE_DEADLINE_MS: '15000' } })
})
after(() => stage.close())

const problem = (code: string) => (error: unknown) => (error as { code?: string }).code === code
/** The database gets half of the 5 s in which it ends a statement by itself: both what comes before and what comes after has time. */
const patientDeps = () => {
  const { deps } = stage.server
  return { ...deps, config: { ...deps.config, inviteDeadlineMs: 2_500 } }
}
const sentTo = (phone: string) => stage.provider.accepted.filter((message) => message.to === phone)

test('an invite is sent once, and the transaction tells it', async () => {
  const { deps } = stage.server
  const brand = await stage.brand()
  const call = await testCall(stage.server, brand)
  assert.deepEqual(await inviteBy(deps, brand, call.callId), { callId: call.callId })

  assert.deepEqual(
    sentTo(call.phone).map((message) => message.text),
    [`Reply to continue by text.\n${defaultOptOutLine}`],
  )
  const rows = await invitedRows(deps, brand, call.callId)
  assert.equal(rows.invite!.state, 'sent')
  assert.equal(rows.messages[0]!.provider_id, sentTo(call.phone)[0]!.id)
  assert.equal(rows.attempts[0]!.state, 'sent')
  assert.equal(rows.attempts[0]!.claimed_by, deps.processId)
  assert.deepEqual(rows.steps, ['invite-accepted', 'sending', 'sent'])
  assert.equal(rows.call.channel, 'sms')
  assert.equal(rows.call.first_message, sentTo(call.phone)[0]!.text)
  assert.equal(rows.call.override_message, null)
  assert.ok(rows.call.invited_at <= rows.call.sent_at)
  const window = rows.invite!.lookback_until.getTime() - rows.invite!.sent_at.getTime()
  assert.equal(window, 43_200 * 60_000)
})

test('which call: unknown, foreign, too old, not a UUID', async () => {
  const { deps } = stage.server
  const brand = await stage.brand()
  const other = await stage.brand()
  const call = await testCall(stage.server, brand)
  const old = await testCall(stage.server, brand, { ageHours: 24.01 })
  const young = await testCall(stage.server, brand, { ageHours: 23.9 })
  await assert.rejects(inviteBy(deps, brand, randomUUID()), problem('not-found'))
  await assert.rejects(inviteBy(deps, other, call.callId), problem('not-found'))
  await assert.rejects(inviteBy(deps, brand, old.callId), problem('not-found'))
  await assert.rejects(inviteBy(deps, brand, 'H000000000000001'), problem('invalid-request'))
  await inviteBy(deps, brand, young.callId)
  assert.equal(sentTo(young.phone).length, 1)
  assert.equal(sentTo(call.phone).length + sentTo(old.phone).length, 0)
})

test('a database that hangs before the intent is committed: unanswered in time, and nothing is left behind', async (t) => {
  const deps = patientDeps()
  const brand = await stage.brand()
  const call = await testCall(stage.server, brand)
  const blocker = await deps.db.reserve()
  t.after(() => blocker.release())
  await blocker`begin`
  await lockConsumer(blocker, brand.accountId, call.phone)
  const asked = inviteBy(deps, brand, call.callId)
  await assert.rejects(asked, problem('UNANSWERED'))
  await blocker`rollback`
  await Promise.allSettled(deps.background)
  assert.equal((await invitedRows(deps, brand, call.callId)).invite, undefined)
  assert.equal(sentTo(call.phone).length, 0)
  await inviteBy(stage.server.deps, brand, call.callId)
  assert.equal(sentTo(call.phone).length, 1)
})

test('a COMMIT that hangs and happens after all: it is sent behind the answer, and the repetition finds it (P2)', async (t) => {
  const deps = patientDeps()
  const brand = await stage.brand()
  const call = await testCall(stage.server, brand)
  const blocker = await deps.db.reserve()
  t.after(() => blocker.release())
  await blocker`begin`
  // Reading is free; what is stored travels with the COMMIT, and waits.
  await blocker`lock table invites in share mode`
  await assert.rejects(inviteBy(deps, brand, call.callId), problem('UNANSWERED'))
  await blocker`rollback`
  await Promise.allSettled(deps.background)
  assert.equal(sentTo(call.phone).length, 1)
  assert.deepEqual(await inviteBy(stage.server.deps, brand, call.callId), { callId: call.callId })
  assert.equal(sentTo(call.phone).length, 1)
})

test('account, settings and handoff must be in order', async () => {
  const { deps } = stage.server
  const { db } = deps
  const cases: [string, (brand: TestBrand) => Promise<unknown>][] = [
    [
      'no-internal-user',
      (b) => db`update users set enabled = false where account_id = ${b.accountId} and role = 'internal'`,
    ],
    [
      'no-internal-app',
      (b) => db`update app_installs set enabled = false where account_id = ${b.accountId} and internal`,
    ],
    ['no-settings', (b) => db`delete from settings where account_id = ${b.accountId}`],
    ['no-handoff', (b) => db`update handoffs set enabled = false where account_id = ${b.accountId}`],
  ]
  for (const [code, spoil] of cases) {
    const brand = await stage.brand()
    const call = await testCall(stage.server, brand)
    await spoil(brand)
    deps.accounts.drop(brand.accountId)
    await assert.rejects(inviteBy(deps, brand, call.callId), problem(code), code)
    assert.equal(sentTo(call.phone).length, 0)
  }
})

test('whoever asks again hears what they heard before, whatever has changed since', async () => {
  const { deps } = stage.server
  const { db } = deps
  const changes: ((brand: TestBrand) => Promise<unknown>)[] = [
    (b) => db`update handoffs set enabled = false where account_id = ${b.accountId}`,
    (b) => db`delete from settings where account_id = ${b.accountId}`,
    (b) => db`update app_installs set enabled = false where account_id = ${b.accountId} and internal`,
    (b) => db`update calls set attempted_at = attempted_at - interval '20 days' where account_id = ${b.accountId}`,
  ]
  for (const change of changes) {
    const brand = await stage.brand()
    const [invited, uninvited] = [await testCall(stage.server, brand), await testCall(stage.server, brand)]
    await inviteBy(deps, brand, invited.callId)
    await change(brand)
    deps.accounts.drop(brand.accountId)
    assert.deepEqual(await inviteBy(deps, brand, invited.callId.toUpperCase()), { callId: invited.callId })
    await assert.rejects(inviteBy(deps, brand, uninvited.callId), Problem)
    assert.deepEqual([sentTo(invited.phone).length, sentTo(uninvited.phone).length], [1, 0])
  }
})

test('a call that is not eligible, an open conversation or an opt-out since: cannot be sent, and the call says why', async () => {
  const { deps } = stage.server
  const { db } = deps
  const brand = await stage.brand()
  const { accountId, smsSender, skills } = brand
  const cases: [InviteRefusal, Parameters<typeof testCall>[2], (call: { phone: string }) => Promise<unknown>][] = [
    ['not-eligible', { channels: [] }, async () => {}],
    [
      'open-conversation',
      {},
      ({ phone }) => db`
        insert into conversations (account_id, conversation_id, channel, sender_id, address, consumer_phone, skill_id, state)
        values (${accountId}, ${randomUUID()}, 'sms', ${smsSender.senderId}, ${phone}, ${phone}, ${skills.sales}, 'queued')`,
    ],
    ['opted-out', {}, ({ phone }) => optOut(brand, phone)],
  ]
  for (const [kind, options, spoil] of cases) {
    const call = await testCall(stage.server, brand, options)
    await spoil(call)
    await assert.rejects(inviteBy(deps, brand, call.callId), (error) => {
      assert.deepEqual((error as Problem).details, [inviteRefusals[kind]])
      return problem('cannot-send')(error)
    })
    assert.equal(sentTo(call.phone).length, 0)
    const rows = await invitedRows(deps, brand, call.callId)
    assert.equal(rows.steps.at(-1), 'invite-refused')
    assert.equal(rows.call.error_code, '1400')
    assert.equal(rows.call.skipped_at !== null, kind === 'opted-out')
    assert.equal(rows.messages.length, 0)
  }
})

async function optOut(brand: TestBrand, phone: string): Promise<void> {
  await atomic(stage.server.deps.db, async (tx) => {
    await lockConsumer(tx, brand.accountId, phone)
    await recordOptOut(tx, brand.accountId, {
      address: phone,
      channel: 'sms',
      scope: 'all',
      source: 'keyword',
      evidence: 'STOP',
      senderId: null,
    })
  })
}

test('overrides: channel, skill, message', async () => {
  const { deps } = stage.server
  const brand = await stage.brand()
  const handoffId = await stage.twoChannels(brand)
  const call = (channels: ('sms' | 'wa')[]) => testCall(stage.server, brand, { handoffId, channels })

  for (const name of ['twilio', 'sms-twilio', 'sms']) {
    const one = await call(['wa', 'sms'])
    await inviteBy(deps, brand, one.callId, { overrideChannel: name })
    assert.deepEqual(
      sentTo(one.phone).map((message) => message.text),
      ['Hello by text'],
    )
    const [accepted] = await deps.db`
      select details from transaction_steps where call_id = ${one.callId} and step = 'invite-accepted'`
    assert.deepEqual(accepted!.details, { round: 1, channels: ['sms'], asked: 'sms' })
  }
  const onlySms = await call(['sms'])
  for (const name of ['wa', 'inapp', 'WA', 'constructor', ''])
    await assert.rejects(
      inviteBy(deps, brand, onlySms.callId, { overrideChannel: name }),
      problem('no-override-channel'),
    )
  await assert.rejects(inviteBy(deps, brand, onlySms.callId, { overrideSkill: 'nobody' }), problem('no-override-skill'))
  await inviteBy(deps, brand, onlySms.callId, { overrideSkill: 'sales', overrideMessage: 'Just {{1}} for you' })
  const rows = await invitedRows(deps, brand, onlySms.callId)
  assert.equal(rows.invite!.skill_id, brand.skills.sales)
  assert.equal(rows.call.routed_skill_id, brand.skills.sales)
  assert.equal(rows.call.override_message, 'Just {{1}} for you')
  assert.deepEqual(
    sentTo(onlySms.phone).map((message) => message.text),
    ['Just {{1}} for you'],
  )

  const tooLong = await call(['sms'])
  for (const overrideMessage of ['', 'x'.repeat(1601), 'a\u0000b'])
    await assert.rejects(inviteBy(deps, brand, tooLong.callId, { overrideMessage }), problem('invalid-request'))
  assert.equal(sentTo(tooLong.phone).length, 0)
})

test('a skill outside the handoff’s own list cannot be named', async () => {
  const { deps } = stage.server
  const brand = await stage.brand()
  const { db } = deps
  await db`update handoffs set skills = ${['support', 'billing']} where account_id = ${brand.accountId}`
  deps.accounts.drop(brand.accountId)
  const call = await testCall(stage.server, brand)
  await assert.rejects(inviteBy(deps, brand, call.callId, { overrideSkill: 'sales' }), problem('no-override-skill'))
  await inviteBy(deps, brand, call.callId, { overrideSkill: 'billing' })
  assert.equal((await invitedRows(deps, brand, call.callId)).invite!.skill_id, brand.skills.billing)
})

test('an open conversation takes the invite in where the handoff says continue', async () => {
  const { deps } = stage.server
  const { db } = deps
  const brand = await stage.brand()
  const { accountId, smsSender, skills } = brand
  const handoffId = await stage.twoChannels(brand, { open_conversation: 'continue' })
  const phone = testPhone()
  const conversationId = randomUUID()
  await db`
    insert into conversations (account_id, conversation_id, channel, sender_id, address, consumer_phone, skill_id, state)
    values (${accountId}, ${conversationId}, 'sms', ${smsSender.senderId}, ${phone}, ${phone}, ${skills.sales}, 'queued')`
  const call = await testCall(stage.server, brand, { handoffId, phone, channels: ['wa', 'sms'] })
  await inviteBy(deps, brand, call.callId)
  const rows = await invitedRows(deps, brand, call.callId)
  assert.equal(rows.messages[0]!.conversation_id, conversationId)
  assert.equal(rows.invite!.channel, 'sms', 'the conversation’s channel comes first')
})

test('refused: the next channel of the call; all refused: cannot be sent, and a new round is allowed', async () => {
  const { deps } = stage.server
  const brand = await stage.brand()
  const handoffId = await stage.twoChannels(brand)
  const call = await testCall(stage.server, brand, { handoffId, channels: ['wa', 'sms'] })
  stage.provider.next({ refuse: 'not-reachable-here', code: '63024' })
  await inviteBy(deps, brand, call.callId)
  assert.deepEqual(
    sentTo(call.phone).map((message) => message.text),
    ['Hello by text'],
  )
  const rows = await invitedRows(deps, brand, call.callId)
  assert.deepEqual(
    rows.attempts.map((attempt) => attempt.state),
    ['rejected', 'sent'],
  )
  assert.deepEqual(rows.steps, ['invite-accepted', 'sending', 'refused', 'sending', 'sent'])
  assert.equal(rows.call.channel, 'sms')
  const [learned] = await deps.db`select * from reachability where account_id = ${brand.accountId}`
  assert.deepEqual([learned!.channel, learned!.reachable, learned!.address], ['wa', false, call.phone])

  const unlucky = await testCall(stage.server, brand, { handoffId, channels: ['wa', 'sms'] })
  stage.provider.next({ refuse: 'invalid-recipient' }, { refuse: 'content-rejected', code: '21617' })
  await assert.rejects(inviteBy(deps, brand, unlucky.callId), problem('cannot-send'))
  const failed = await invitedRows(deps, brand, unlucky.callId)
  assert.equal(failed.invite!.state, 'failed')
  assert.equal(failed.call.error_code, '21617')
  assert.ok(failed.call.failed_at instanceof Date)
  await inviteBy(deps, brand, unlucky.callId)
  const again = await invitedRows(deps, brand, unlucky.callId)
  assert.equal(again.invite!.round, 2)
  assert.equal(again.invite!.state, 'sent')
  assert.equal(again.call.failed_at, null)
  assert.equal(sentTo(unlucky.phone).length, 1)
})

test('the provider knows of an opt-out: recorded, and no other channel is tried', async () => {
  const { deps } = stage.server
  const brand = await stage.brand()
  const handoffId = await stage.twoChannels(brand)
  const call = await testCall(stage.server, brand, { handoffId, channels: ['wa', 'sms'] })
  stage.provider.next({ refuse: 'opted-out', code: '21610' })
  await assert.rejects(inviteBy(deps, brand, call.callId), problem('cannot-send'))
  assert.equal(sentTo(call.phone).length, 0)
  const rows = await invitedRows(deps, brand, call.callId)
  assert.equal(rows.invite!.state, 'opted-out')
  assert.ok(rows.call.skipped_at instanceof Date)
  const optOuts =
    await deps.db`select channel, evidence from opt_outs where account_id = ${brand.accountId} order by channel`
  assert.deepEqual(
    optOuts.map((row) => [row.channel, row.evidence]),
    [
      ['*', '21610'],
      ['wa', '21610'],
    ],
  )
})

test('refused credentials take the sender out for a while; a refused recipient does not', async () => {
  const { deps } = stage.server
  const brand = await stage.brand()
  const { accountId } = brand
  const broken = async () => (await deps.db`select broken, broken_at from senders where account_id = ${accountId}`)[0]!
  stage.provider.next(
    { refuse: 'misconfigured', code: '21609' },
    { refuse: 'misconfigured', code: '20003', status: 401 },
  )
  const first = await testCall(stage.server, brand)
  await assert.rejects(inviteBy(deps, brand, first.callId), problem('cannot-send'))
  assert.equal((await broken()).broken, null)
  const second = await testCall(stage.server, brand)
  await assert.rejects(inviteBy(deps, brand, second.callId), problem('cannot-send'))
  assert.match((await broken()).broken, /credentials/)
})

test('no clear answer: 200, and a repetition sends nothing', async () => {
  const { deps } = stage.server
  const brand = await stage.brand()
  const unclear: PlainAnswer[] = ['accept-and-cut', 'accept-and-fail', 'fail', 'garbage']
  for (const answer of unclear) {
    const call = await testCall(stage.server, brand)
    stage.provider.next(answer)
    const requests = stage.provider.requests.length
    await inviteBy(deps, brand, call.callId)
    const rows = await invitedRows(deps, brand, call.callId)
    assert.equal(rows.attempts[0]!.state, 'unknown', String(answer))
    assert.equal(rows.attempts[0]!.unknown_reason, 'unclear-answer')
    assert.equal(rows.invite!.state, 'unknown')
    assert.equal(rows.messages[0]!.status, 'unknown')
    await inviteBy(deps, brand, call.callId)
    assert.equal(stage.provider.requests.length, requests + 1)
  }
})

test('slow: the answer leaves at the deadline, the send goes on behind it', async () => {
  const { deps } = await stage.another({ env: { INVITE_DEADLINE_MS: '200' } })
  const brand = await stage.brand()
  const call = await testCall(stage.server, brand)
  const gate = Promise.withResolvers<void>()
  stage.provider.next({ wait: () => gate.promise, end: 'accept' })
  await inviteBy(deps, brand, call.callId)
  assert.equal((await invitedRows(deps, brand, call.callId)).invite!.state, 'sending')
  await inviteBy(deps, brand, call.callId)
  gate.resolve()
  await Promise.all(deps.background)
  assert.equal((await invitedRows(deps, brand, call.callId)).invite!.state, 'sent')
  assert.equal(sentTo(call.phone).length, 1)
})

test('429: waits its turn, within what the provider asked for', async () => {
  const { deps } = stage.server
  const brand = await stage.brand()
  const call = await testCall(stage.server, brand)
  stage.provider.next({ throttle: 7 })
  await inviteBy(deps, brand, call.callId)
  const { attempts, invite } = await invitedRows(deps, brand, call.callId)
  assert.equal(attempts[0]!.state, 'accepted')
  assert.equal(attempts[0]!.failure_kind, 'throttled')
  assert.equal(invite!.state, 'sending')
  const [wait] = await deps.db`select extract(epoch from next_try_at - now())::float8 as seconds from attempts
    where account_id = ${brand.accountId} and attempt_id = ${attempts[0]!.attempt_id}`
  assert.ok(wait!.seconds > 5 && wait!.seconds <= 7)
  const [job] =
    await deps.db`select run_at from graphile_worker.jobs where key = ${`deliver/${attempts[0]!.attempt_id}`}`
  assert.equal(job!.run_at.getTime(), attempts[0]!.next_try_at.getTime())
})

test('CC-01: fifty at once with one callId over two servers: one message', async () => {
  const brand = await stage.brand()
  const other = await stage.another()
  const call = await testCall(stage.server, brand)
  const asked = Array.from({ length: 50 }, (_, index) =>
    inviteBy((index % 2 === 0 ? stage.server : other).deps, brand, call.callId),
  )
  const answers = await Promise.all(asked)
  assert.deepEqual(new Set(answers.map((answer) => answer.callId)), new Set([call.callId]))
  assert.equal(sentTo(call.phone).length, 1)
  assert.equal((await invitedRows(stage.server.deps, brand, call.callId)).messages.length, 1)
})

test('CC-03: the cap of one consumer holds for many calls at once', async () => {
  const { deps } = stage.server
  const brand = await stage.brand({ settings: { consumerCap: { invites: 2, hours: 24 } } })
  const phone = testPhone()
  const calls = await Promise.all(Array.from({ length: 10 }, () => testCall(stage.server, brand, { phone })))
  const results = await Promise.allSettled(calls.map((call) => inviteBy(deps, brand, call.callId)))
  assert.equal(results.filter((result) => result.status === 'fulfilled').length, 2)
  for (const result of results)
    if (result.status === 'rejected') assert.ok(problem('cannot-send')(result.reason), String(result.reason))
  assert.equal(sentTo(phone).length, 2)
})

test('no number and no text of a consumer is logged', () => {
  const log = stage.server.logged.join('')
  assert.ok(log.includes('invite accepted'))
  assert.doesNotMatch(log, /\+1206|Hello by text|Reply to continue/)
})
