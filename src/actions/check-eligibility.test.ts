import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, afterEach, before, test } from 'node:test'
import { simulatedAccount, startTwilioSimulator, type TwilioSimulator } from '../../test/simulators/twilio/index.ts'
import { type TestBrand, testBrand, testHandoff } from '../../test/test-brand.ts'
import { type TestServer, testServer } from '../../test/test-server.ts'
import type { CredentialCaller } from '../domain/caller.ts'
import { Unanswered } from '../store/batch.ts'
import { loadCall } from '../store/calls.ts'
import { recordOptOut } from '../store/opt-outs.ts'
import { learn } from '../store/reachability.ts'
import { checkEligibility, type EligibilityInput } from './check-eligibility.ts'

let server: TestServer
let twilio: TwilioSimulator
let brand: TestBrand
let checking: TestBrand

before(async () => {
  twilio = await startTwilioSimulator({ accounts: [simulatedAccount] })
  server = await testServer()
  brand = await testBrand(server)
  checking = await testBrand(server, {
    settings: { deviceCheck: true },
    smsConnector: 'sms-twilio',
    smsSettings: {
      accountSid: simulatedAccount.accountSid,
      apiBaseUrl: twilio.baseUrl,
      lookupsBaseUrl: twilio.baseUrl,
    },
    smsSecrets: { authToken: simulatedAccount.authToken },
  })
})
afterEach(() => twilio.reset())
after(async () => {
  await server.close()
  await twilio.close()
})

const callerOf = ({ accountId, apiKey }: TestBrand): CredentialCaller => ({
  kind: 'credential',
  accountId,
  credentialId: apiKey.appKey,
  privileges: ['ivr.engagement'],
})
let numbers = 0
/** A number that nothing is known of. */
const freshPhone = () => {
  numbers += 1
  return `+1206555${String(numbers).padStart(4, '0')}`
}

const check = (of: TestBrand, input: Partial<EligibilityInput> = {}, on: TestServer = server) =>
  checkEligibility(on.deps, callerOf(of), {
    skill: 'support',
    consumerPhoneNumber: freshPhone(),
    handoffId: of.handoffId,
    explain: true,
    ...input,
  })

const codes = (answer: Awaited<ReturnType<typeof check>>) =>
  answer.reasons?.map(({ channel, code }) => `${channel} ${code}`)

test('a yes is stored under its callId with everything the IVR told', async () => {
  const phone = freshPhone()
  const answer = await check(brand, {
    consumerPhoneNumber: phone,
    sdes: [{ type: 'personal', info: { firstname: 'Ada', gender: 'FEMALE' } }],
    templateVariables: { 1: 'Ada', headerVariables: { 1: 'h' } },
    ivrNumber: '180000',
    consumerId: 'ada-1',
  })
  const { callId, ...rest } = answer
  assert.deepEqual(rest, { availableChannels: ['sms'], recommendedChannelName: 'sms', eligible: true, reasons: [] })
  assert.match(callId, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  const call = await loadCall(server.deps.db, brand.accountId, callId)
  assert.ok(call !== null)
  const { attemptedAt, ...stored } = call
  assert.ok(attemptedAt instanceof Date)
  assert.deepEqual(stored, {
    accountId: brand.accountId,
    callId,
    consumerPhone: phone,
    consumerId: null,
    handoffId: brand.handoffId,
    skillId: brand.skills.support,
    ivrNumber: '180000',
    sdes: { ctmrinfo: null, personal: { firstname: 'Ada', gender: 'FEMALE' } },
    templateVariables: { body: { 1: 'Ada' }, header: { 1: 'h' }, buttons: {} },
    availableChannels: ['sms'],
  })
})

test('a no has a callId too, and is stored with its reason', async () => {
  const phone = freshPhone()
  await server.deps.db.begin((tx) =>
    recordOptOut(tx, brand.accountId, {
      address: phone,
      channel: 'sms',
      scope: 'all',
      source: 'keyword',
      evidence: 'STOP',
      senderId: null,
    }),
  )
  const answer = await check(brand, { consumerPhoneNumber: phone, explain: false })
  const { callId, ...rest } = answer
  assert.deepEqual(rest, { availableChannels: [], recommendedChannelName: '', eligible: false })
  const [row] = await server.deps
    .db`select available_channels, reasons, partial, credential_id from calls where call_id = ${callId}`
  assert.deepEqual(row, {
    available_channels: [],
    reasons: [{ channel: 'sms', code: 'opted_out' }],
    partial: false,
    credential_id: brand.apiKey.appKey,
  })
  assert.equal(await loadCall(server.deps.db, checking.accountId, callId), null)
})

test('the consumer id of a handoff that is not in-app is ignored, even when it is somebody’s number', async () => {
  const { db } = server.deps
  const holder = freshPhone()
  await db.begin((tx) =>
    recordOptOut(tx, brand.accountId, {
      ...{ address: holder, channel: 'sms', scope: 'all', source: 'keyword', evidence: 'STOP', senderId: null },
    }),
  )
  const { eligible, callId } = await check(brand, { consumerPhoneNumber: freshPhone(), consumerId: holder })
  assert.equal(eligible, true)
  assert.equal((await loadCall(db, brand.accountId, callId))!.consumerId, null)
})

test('every fact counts for its own brand and consumer only, also when all ask at once', async () => {
  const { db } = server.deps
  const capped = await testBrand(server, { settings: { consumerCap: { invites: 2, hours: 24 } } })
  const inappId = randomUUID()
  await db`insert into senders ${db({
    account_id: brand.accountId,
    sender_id: inappId,
    connector: 'inapp',
    channel: 'inapp',
    address: `app-${inappId}`,
    title: 'App',
    settings: {},
  })}`
  const inapp = await testHandoff(server, brand.accountId, [
    { channel: 'inapp', senderIds: [inappId], title: 'Hi', text: 'Hello' },
  ])
  server.deps.accounts.drop(brand.accountId)
  for (const [deviceId, consumerId, disabled] of [
    [randomUUID(), 'ada', null],
    [randomUUID(), 'bob', new Date()],
  ] as const) {
    await db`insert into devices ${db({
      account_id: brand.accountId,
      device_id: deviceId,
      sender_id: inappId,
      consumer_id: consumerId,
      platform: 'ios',
      token: Buffer.from('t'),
      disabled_at: disabled,
    })}`
  }
  const [stopped, lifted, talking, closed, invited, failed, refused, forgotten] = Array.from(
    { length: 8 },
    freshPhone,
  ) as [string, string, string, string, string, string, string, string]
  const optOut = (address: string, liftedAt: Date | null) =>
    db`insert into opt_outs ${db({
      account_id: brand.accountId,
      address,
      channel: 'sms',
      opted_out_at: new Date(),
      source: 'keyword',
      lifted_at: liftedAt,
    })}`
  await optOut(stopped, null)
  await optOut(lifted, new Date())
  const conversation = (phone: string, state: 'queued' | 'closed') =>
    db`insert into conversations ${db({
      account_id: brand.accountId,
      conversation_id: randomUUID(),
      channel: 'sms',
      sender_id: brand.smsSender.senderId,
      address: phone,
      consumer_phone: phone,
      skill_id: brand.skills.support,
      state,
      closed_at: state === 'closed' ? new Date() : null,
    })}`
  await conversation(talking, 'queued')
  await conversation(closed, 'closed')
  const invite = async (phone: string, state: string, createdAt = new Date()) => {
    const { callId } = await check(capped, { consumerPhoneNumber: phone })
    await db`insert into invites ${db({
      account_id: capped.accountId,
      call_id: callId,
      state,
      consumer_phone: phone,
      skill_id: capped.skills.support,
      channels_left: [],
      handoff_id: capped.handoffId,
      lookback_minutes: 60,
      route_all_within_lookback: false,
      created_at: createdAt,
      expires_at: new Date(),
    })}`
  }
  await invite(invited, 'sent')
  await invite(invited, 'unknown')
  await invite(failed, 'sent')
  await invite(failed, 'failed')
  await invite(failed, 'sent', new Date(Date.now() - 25 * 3_600_000))
  const refusal = { channel: 'sms', reachable: false, reason: 'not-reachable-here', source: 'refusal' } as const
  await learn(db, brand.accountId, refused, refusal)
  await learn(db, brand.accountId, forgotten, refusal, -1)

  const rows: [TestBrand, Partial<EligibilityInput>, readonly string[]][] = [
    [brand, { consumerPhoneNumber: stopped }, ['sms opted_out']],
    [checking, { consumerPhoneNumber: stopped }, []],
    [brand, { consumerPhoneNumber: lifted }, []],
    [brand, { consumerPhoneNumber: talking }, ['sms open_conversation']],
    [brand, { handoffId: inapp, consumerId: talking }, ['inapp open_conversation']],
    [brand, { consumerPhoneNumber: freshPhone(), consumerId: talking }, []],
    [checking, { consumerPhoneNumber: talking }, []],
    [brand, { consumerPhoneNumber: closed }, []],
    [capped, { consumerPhoneNumber: invited }, ['sms recent_invites']],
    [brand, { consumerPhoneNumber: invited }, []],
    [capped, { consumerPhoneNumber: failed }, []],
    [brand, { consumerPhoneNumber: refused }, ['sms not_reachable']],
    [brand, { consumerPhoneNumber: forgotten }, []],
    [brand, { handoffId: inapp, consumerId: 'ada' }, []],
    [brand, { handoffId: inapp, consumerId: 'bob' }, ['inapp no_device']],
    [brand, { handoffId: inapp, consumerId: 'eve' }, ['inapp no_device']],
  ]
  const answers = await Promise.all(rows.map(([of, input]) => check(of, input)))
  assert.deepEqual(
    answers.map(codes),
    rows.map(([, , reasons]) => reasons),
  )
})

test('what is wrong has its own problem, in the order of the contract', async () => {
  const rows: [Partial<EligibilityInput>, string, readonly string[]][] = [
    [
      { sdes: [{ type: 'x' }], templateVariables: { 1: 2 }, ivrNumber: 'a\0', consumerPhoneNumber: '1' },
      'invalid-request',
      [
        'ivrNumber must be text without NUL and broken characters',
        'sdes[0].type must be ctmrinfo or personal',
        'templateVariables.1 must be a string',
      ],
    ],
    [{ consumerPhoneNumber: '+1206', handoffId: 'H9' }, 'invalid-phone', []],
    [{ handoffId: 'H9' }, 'no-handoff', []],
    [{ skill: 'none' }, 'no-engagement', []],
  ]
  for (const [input, code, details] of rows) await assert.rejects(check(brand, input), { code, details })
  const many = Array.from({ length: 50 }, () => 0)
  await assert.rejects(check(brand, { sdes: many }), ({ details }) => details.length === 10)
})

test('the device check asks once, and remembers', async () => {
  const phone = freshPhone()
  twilio.persona(phone, 'landline')
  const first = await check(checking, { consumerPhoneNumber: phone })
  assert.deepEqual(codes(first), ['sms landline'])
  assert.equal(first.eligible, false)
  await Promise.all(server.deps.background)
  assert.deepEqual(codes(await check(checking, { consumerPhoneNumber: phone })), ['sms landline'])
  assert.equal(twilio.requests.length, 1)
  const kept = await server.deps.db`
    select status, failure from provider_exchanges where account_id = ${checking.accountId} and call_id = ${first.callId}`
  assert.deepEqual([...kept], [{ status: 200, failure: null }])
  const [row] = await server.deps.db`
    select reason, source, reachable, expires_at - learned_at = interval '30 days' as month
    from reachability where account_id = ${checking.accountId} and address = ${phone}`
  assert.deepEqual(row, { reason: 'landline', source: 'look-up', reachable: false, month: true })
})

test('nobody is asked where the numbering plan tells, or when the check is off', async () => {
  assert.deepEqual(codes(await check(checking, { consumerPhoneNumber: '+442071838750' })), ['sms landline'])
  assert.deepEqual(codes(await check(checking, { consumerPhoneNumber: '+447911123456' })), [])
  assert.equal((await check(brand, { consumerPhoneNumber: '+442071838750' })).eligible, true)
  assert.equal(twilio.requests.length, 0)
})

test('a look-up that fails is a yes that says so, and nothing is remembered', async () => {
  twilio.fault({ phase: 'api', do: 'error', status: 500, code: 20500 })
  const phone = freshPhone()
  const answer = await check(checking, { consumerPhoneNumber: phone })
  assert.deepEqual(codes(answer), ['sms lookup_failed'])
  assert.equal(answer.eligible, true)
  assert.equal(answer.partial, true)
  await Promise.all(server.deps.background)
  const [row] = await server.deps.db`select partial from calls where call_id = ${answer.callId}`
  assert.equal(row?.partial, true)
  assert.equal((await server.deps.db`select from reachability where address = ${phone}`).length, 0)
})

test('a slow look-up is cut off by the deadline, and its answer serves the next call', async () => {
  const hasty = await testServer({ database: server.database, env: { ELIGIBILITY_DEADLINE_MS: '1000' } })
  const deps = { ...hasty.deps, cipher: server.deps.cipher, accounts: server.deps.accounts }
  const phone = freshPhone()
  twilio.persona(phone, 'landline')
  twilio.fault({ phase: 'api', do: 'hold', accepts: false })
  const slow = await check(checking, { consumerPhoneNumber: phone }, { ...hasty, deps })
  assert.deepEqual(codes(slow), ['sms lookup_slow'])
  assert.equal(slow.eligible, true)
  assert.equal(slow.partial, true)
  twilio.release()
  await Promise.all(deps.background)
  assert.deepEqual(codes(await check(checking, { consumerPhoneNumber: phone })), ['sms landline'])
  await hasty.close()
})

test('a database that does not answer is never a yes (P7)', async () => {
  const hasty = await testServer({ database: server.database, env: { ELIGIBILITY_DEADLINE_MS: '300' } })
  const deps = { ...hasty.deps, accounts: server.deps.accounts }
  for (const table of ['opt_outs', 'calls']) {
    const locker = await server.deps.db.reserve()
    await locker`begin`
    await locker.unsafe(`lock table ${table} in access exclusive mode`)
    const asked = Array.from({ length: 20 }, () => check(brand, {}, { ...hasty, deps }))
    for (const outcome of await Promise.allSettled(asked)) {
      assert.equal(outcome.status, 'rejected')
      assert.ok(outcome.reason instanceof Unanswered)
    }
    await locker`rollback`
    locker.release()
    assert.equal((await check(brand)).eligible, true)
  }
  await hasty.close()
})

test('time that passed before counts against the deadline', async () => {
  await assert.rejects(check(brand, { elapsedMs: 60_000 }), Unanswered)
})

test('answers are counted by result', async () => {
  const { values } = await server.deps.metrics.eligibility.get()
  const counted = Object.fromEntries(values.map(({ labels, value }) => [labels.result, value]))
  assert.deepEqual(Object.keys(counted).sort(), ['eligible', 'not-eligible', 'partial'])
  for (const count of Object.values(counted)) assert.ok(Number(count) > 0)
})
