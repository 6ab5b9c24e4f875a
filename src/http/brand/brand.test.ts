import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, test } from 'node:test'
import { appJwt } from '../../../test/ivr-client.ts'
import { type TestBrand, testBrand, testHandoff } from '../../../test/test-brand.ts'
import { type TestServer, testServer } from '../../../test/test-server.ts'
import { ask } from '../../../test/test-user.ts'
import { eligibilityReasons } from '../../domain/eligibility-reasons.ts'
import { sumUpCalls } from '../../store/report-sums.ts'

/** Eight in the morning of a day, UTC. */
const morning = Date.UTC(2026, 0, 31, 8)
const at = (minutes: number) => new Date(morning + minutes * 60_000)
let server: TestServer
let brand: TestBrand
let jwt: string

before(async () => {
  server = await testServer({ env: { REPORTING_RATE_LIMIT: '1000' } })
  brand = await testBrand(server)
  jwt = await appJwt(server, brand)
})
after(() => server.close())

async function call(minutes: number, columns: Record<string, unknown> = {}): Promise<string> {
  const callId = randomUUID()
  const { db } = server.deps
  await db`insert into calls ${db({
    ...{ account_id: brand.accountId, call_id: callId, attempted_at: at(minutes), credential_id: 'key' },
    ...{ consumer_phone: '+12065550100', handoff_id: brand.handoffId, skill_id: brand.skills.support },
    ...{ available_channels: ['sms'] },
    ...columns,
  } as never)}`
  return callId
}
const sent = (minutes: number) => ({
  ...{ invited_at: at(minutes), channel: 'sms', sender_id: brand.smsSender.senderId },
  ...{ sent_at: at(minutes), first_message: 'Reply to go on.' },
})
/** As the published API writes the first variable of a text. */
const variable = '$'.concat('{{1}}')
const span = (fromMinutes: number, untilMinutes: number) =>
  `attemptedStartTime=${at(fromMinutes).getTime()}&attemptedEndTime=${at(untilMinutes).getTime()}`

const urlOf = (path: string) => `${server.url}/api/account/${brand.accountId}/app/${path}`
const get = (path: string) => ask(urlOf(path), 'GET', undefined, { authorization: `Bearer ${jwt}` })
const post = (path: string, body: unknown) => ask(urlOf(path), 'POST', body, { authorization: `Bearer ${jwt}` })

test('analytics: a row a channel, skill and day, in the published form', async () => {
  const closed = {
    ...sent(1),
    ...{ delivered_at: at(2), read_at: at(3), replied_at: at(4), conversation_id: randomUUID() },
    ...{ conversation_created_at: at(4), conversation_taken_at: at(5), conversation_closed_at: at(30) },
  }
  await call(0, { ...closed, csat: 2 })
  await call(1, { ...closed, csat: 3 })
  await call(2, { ...sent(2), failed_at: at(3), error_source: 'provider', error_code: '30006' })
  for (let made = 0; made < 3; made += 1)
    await call(3, {
      available_channels: [],
      reasons: server.deps.db.json([{ channel: 'sms', code: 'open_conversation' }]),
    })
  await call(4, {
    available_channels: [],
    reasons: server.deps.db.json([{ channel: 'sms', code: 'opted_out' }]),
  })
  const { status, body } = await get(`c2m/analytics/?${span(-60, 120)}`)
  assert.equal(status, 200)
  assert.deepEqual(body, {
    requestMetadata: {
      accountId: brand.accountId,
      app: 'c2m',
      attemptedStartTime: at(-60).getTime(),
      attemptedEndTime: at(120).getTime(),
    },
    analytics: [
      {
        channel: 'sms',
        skill: 'support',
        transactionday: '01-31-2026',
        attempted: 7,
        eligible: 3,
        skipped: 1,
        sent: 3,
        failed: 5,
        delivered: 2,
        read: 2,
        conversationscreated: 2,
        conversationsclosed: 2,
        csat: '2.5',
        error_aggregation: { c2m_1400: 3, twilio_30006: 1 },
      },
    ],
  })
})

test('analytics by POST: filters, at the top or nested; by handoff and by source when they are named', async () => {
  const far = 10_000
  const other = await testHandoff(server, brand.accountId, [])
  await call(far, sent(far))
  await call(far + 1, { skill_id: brand.skills.sales, handoff_id: other })
  const path = `c2m/analytics?${span(far, far + 60)}`
  const rowsOf = async (body: unknown) => {
    const answer = await post(path, body)
    assert.equal(answer.status, 200, JSON.stringify(answer.body))
    return answer.body.analytics.map((row: Record<string, unknown>) => [
      row.skill,
      row.handoffid,
      row.source,
      row.attempted,
    ])
  }
  const [support, sales] = [
    ['support', undefined, undefined, 1],
    ['sales', undefined, undefined, 1],
  ]
  assert.deepEqual(await rowsOf({}), [sales, support])
  assert.deepEqual(await rowsOf({ skills: ['sales'] }), [sales])
  assert.deepEqual(await rowsOf({ filters: { skills: ['sales'] } }), [sales])
  assert.deepEqual(await rowsOf({ skills: [], channels: [] }), [sales, support])
  assert.deepEqual(await rowsOf({ channels: ['twilio'] }), [sales, support])
  assert.deepEqual(await rowsOf({ channels: ['wa'] }), [])
  assert.deepEqual(await rowsOf({ handoffids: [other], source: ['API'] }), [['sales', other, 'API', 1]])
  assert.deepEqual(await rowsOf({ source: ['LPWF', 'UI'] }), [])
})

test('a call counts at once, and once, however often it is summed up', async () => {
  const far = 20_000
  const path = `c2m/analytics/?${span(far - 3_000, far + 3_000)}`
  const counts = async () => {
    const [row] = (await get(path)).body.analytics
    return row === undefined ? null : [row.attempted, row.sent, row.conversationscreated, row.csat]
  }
  assert.deepEqual(await counts(), null)
  const callId = await call(far, sent(far))
  assert.deepEqual(await counts(), [1, 1, 0, 0])
  await sumUpCalls(server.deps.db)
  assert.deepEqual(await counts(), [1, 1, 0, 0])
  await server.deps.db`update calls set replied_at = ${at(far + 3)} where call_id = ${callId}`
  assert.deepEqual(await counts(), [1, 1, 1, 0])
  await sumUpCalls(server.deps.db)
  await server.deps.db`update calls set csat = 4 where call_id = ${callId}`
  assert.deepEqual(await counts(), [1, 1, 1, '4.0'])
  await sumUpCalls(server.deps.db)
  assert.deepEqual(await counts(), [1, 1, 1, '4.0'])
  await server.deps.db`delete from calls where call_id = ${callId}`
  assert.deepEqual(await counts(), null)
  await sumUpCalls(server.deps.db)
  assert.deepEqual(await counts(), null)
})

test('transactions, version 2: the published fields, null where nothing happened', async () => {
  const far = 30_000
  const conversationId = randomUUID()
  const transactionId = await call(far, {
    ...sent(far + 1),
    ...{ delivered_at: at(far + 2), replied_at: at(far + 3), conversation_id: conversationId },
    ...{
      conversation_created_at: at(far + 3),
      routed_skill_id: brand.skills.sales,
      ivr_number: '+18005550123',
      csat: 5,
      sdes: server.deps.db.json({ ctmrinfo: null, personal: null }),
    },
  })
  const { db } = server.deps
  for (const [step, channel, kind] of [
    ['channel-skipped', 'wa', 'provider-down'],
    ['sending', 'inapp', null],
    ['sending', 'sms', null],
    ['sending', 'sms', null],
  ] as const)
    await db`insert into transaction_steps (account_id, call_id, step, channel, details)
      values (${brand.accountId}, ${transactionId}, ${step}, ${channel}, ${kind === null ? null : db.json({ kind })})`
  const refused = await call(far + 1, {
    available_channels: [],
    reasons: db.json([
      { channel: 'sms', code: 'lookup_slow' },
      { channel: 'sms', code: 'landline' },
      { channel: 'wa', code: 'not_on_whatsapp' },
    ]),
  })
  const { status, body } = await post(`c2m/transactions/?${span(far, far + 60)}&v=2.0`, {})
  assert.equal(status, 200)
  const iso = (minutes: number) => at(far + minutes).toISOString()
  const common = {
    ...{ initialChannel: 'sms', initialSkill: 'support', handOffId: brand.handoffId, proactiveCampaignId: null },
    ...{
      consumerId: null,
      readTime: null,
      skippedTime: null,
      cancelledTime: null,
      optInsTime: null,
      optOutsTime: null,
    },
    ...{
      conversationsClosedTime: null,
      handOffTitle: `Handoff ${brand.handoffId}`,
      overrideMessage: null,
      templateName: null,
    },
  }
  assert.deepEqual(body, {
    transactions: [
      {
        ...common,
        ...{ transactionId, channel: 'sms', skill: 'sales', ivrNumber: '+18005550123', conversationId },
        ...{ attemptedTime: iso(0), eligibleTime: iso(0), inviteTime: iso(1), sentTime: iso(1), deliveredTime: iso(2) },
        ...{
          failedTime: null,
          conversationsCreatedTime: iso(3),
          errorCode: null,
          errorMessage: null,
          errorSource: null,
        },
        ...{ messageStatus: 'RESPONDED', csat: '5.0', firstMessage: 'Reply to go on.' },
        ...{ sdes: true, triedChannels: ['inapp', 'sms'] },
        refusals: [{ channel: 'wa', code: 'provider_down', message: eligibilityReasons.provider_down }],
      },
      {
        ...common,
        ...{ transactionId: refused, channel: 'sms', skill: 'support', ivrNumber: null, conversationId: null },
        ...{ attemptedTime: iso(1), eligibleTime: null, inviteTime: null, sentTime: null, deliveredTime: null },
        ...{ failedTime: iso(1), conversationsCreatedTime: null, errorCode: '1001', errorSource: 'c2m' },
        errorMessage: 'The consumer cannot be reached on this channel.',
        ...{ messageStatus: 'FAILED', csat: null, firstMessage: null, sdes: false, triedChannels: [] },
        refusals: [
          { channel: 'sms', code: 'landline', message: eligibilityReasons.landline },
          { channel: 'wa', code: 'not_on_whatsapp', message: eligibilityReasons.not_on_whatsapp },
        ],
      },
    ],
    page: { count: 2, offset: 0, limit: 100, total: 2 },
  })
})

test('transactions: pages by offset and from page to page show every call once, in order, summed up or not', async () => {
  const far = 40_000
  const made: string[] = []
  // Over three days, some within the same minute.
  for (let place = 0; place < 23; place += 1) {
    made.push(await call(far + Math.floor(place / 2) * 360, place % 3 === 0 ? sent(far) : {}))
    if (place === 9) await sumUpCalls(server.deps.db)
  }
  const { db } = server.deps
  const inOrder = await db<{ callId: string }[]>`
    select call_id as "callId" from calls where call_id = any(${made}) order by attempted_at, call_id`
  const expected = inOrder.map(({ callId }) => callId)
  const path = `c2m/transactions/?${span(far, far + 5_000)}`
  const idsOf = (answer: Awaited<ReturnType<typeof post>>) =>
    answer.body.transactions.map((one: { transactionId: string }) => one.transactionId)
  for (let offset = 0; offset <= 24; offset += 1) {
    const answer = await post(`${path}&v=2.0`, { offset, limit: 4 })
    assert.deepEqual(idsOf(answer), expected.slice(offset, offset + 4), `offset ${offset}`)
    assert.deepEqual(answer.body.page, { count: idsOf(answer).length, offset, limit: 4, total: 23 })
  }
  const seen: string[] = []
  let nextPage: string | null = null
  do {
    const answer: Awaited<ReturnType<typeof post>> = await post(path, { page: { nextPage, limit: 5 } })
    assert.equal(answer.status, 200)
    assert.equal(answer.body.page.currentPage, nextPage)
    assert.equal(answer.body.transactions[0].messageStatus, undefined)
    seen.push(...idsOf(answer))
    nextPage = answer.body.page.nextPage
  } while (nextPage !== null)
  assert.deepEqual(seen, expected)
  const sentOnly = await post(`${path}&v=2.0`, {
    filters: { messagestatus: ['SENT'], channels: ['sms-twilio'], skills: ['support'] },
    offset: 3,
    limit: 2,
  })
  assert.equal(sentOnly.body.page.total, 8)
  assert.equal(sentOnly.body.page.count, 2)
  const named = await post(`${path}&v=2`, { filters: { transactionids: [made[4], made[2], randomUUID()] } })
  assert.deepEqual(
    idsOf(named),
    expected.filter((id) => id === made[4] || id === made[2]),
  )
  assert.deepEqual(idsOf(await post(`${path}&v=2.0`, { filters: { skills: ['billing'] } })), [])
})

test('a nextPage that was not given is refused, also one whose time there is not', async () => {
  for (const time of ['2026-02-30 00:00:00+00', '0000-01-01 00:00:00+00', '2026-02-03 24:60:00+00', 'now']) {
    const nextPage = Buffer.from(`${time}\n${randomUUID()}`).toString('base64')
    const { status, body } = await post(`c2m/transactions/?${span(0, 100_000)}`, { page: { nextPage, limit: 5 } })
    assert.equal(status, 400, time)
    assert.match(JSON.stringify(body), /nextPage is not one that was given/)
  }
})

test('the sister product is answered, and empty', async () => {
  const window = span(0, 100_000)
  assert.deepEqual((await get(`prmsg/analytics/?${window}`)).body.analytics, [])
  assert.deepEqual((await post(`prmsg/analytics/?${window}`, {})).body.analytics, [])
  assert.deepEqual((await post(`prmsg/transactions/?${window}&v=2.0`, {})).body, {
    transactions: [],
    page: { count: 0, offset: 0, limit: 100, total: 0 },
  })
  assert.deepEqual((await post(`prmsg/transactions/?${window}`, {})).body.page, {
    count: 0,
    currentPage: null,
    nextPage: null,
  })
  assert.deepEqual((await get('prmsg/handoffs/list?v=1')).body.handoffs, [])
})

test('handoffs, as the published configuration API shows them', async () => {
  const own = await testBrand(server, { smsAddress: '+18005550142' })
  const { db } = server.deps
  const [waSender, templateId] = [randomUUID(), randomUUID()]
  await db`insert into senders (account_id, sender_id, connector, channel, address, title, settings)
    values (${own.accountId}, ${waSender}, 'wa-simulator', 'wa', '+18005550143', 'WhatsApp', '{}')`
  await db`insert into templates (account_id, template_id, name, language, status, body, header, footer, buttons)
    values (${own.accountId}, ${templateId}, 'order_news', 'en', 'approved', 'Order {{1}} is here', ${db.json({ kind: 'image', content: '{{1}}' })}, 'Bye',
      ${db.json([
        { kind: 'url', label: 'See', value: 'https://a.example/{{1}}' },
        { kind: 'quick-reply', label: 'Yes', value: '' },
      ])})`
  const waHandoff = await testHandoff(server, own.accountId, [{ channel: 'wa', senderId: waSender, templateId }], {
    lookback_minutes: 26 * 60,
    route_all_within_lookback: true,
  })
  server.deps.accounts.drop(own.accountId)
  const token = await appJwt(server, own)
  const list = (path: string) =>
    ask(`${server.url}/api/account/${own.accountId}/app/c2m/handoffs/list${path}`, 'GET', undefined, {
      authorization: `Bearer ${token}`,
    })
  const all = await list('?v=1')
  assert.equal(all.status, 200)
  assert.deepEqual(all.body.page, { count: 2, offset: 0, limit: 30, total: 2 })
  const { createdAt, updatedAt, ...sms } = all.body.handoffs[0]
  assert.ok(Date.parse(createdAt) <= Date.parse(updatedAt))
  assert.deepEqual(sms, {
    ...{ id: own.handoffId, name: `Handoff ${own.handoffId}`, enabled: true },
    ...{ lookbackPeriodDay: 30, lookbackPeriodHour: 0, routeAllWithinLookback: false },
    channels: [
      {
        ...{ type: 'sms-twilio', outboundnumber: '+18005550142' },
        messageComponents: [
          {
            ...{ type: 'body', content: 'Reply to continue by text.', variables: [] },
            optOut: 'To stop receiving messages, reply STOP. For help, reply HELP.',
          },
        ],
      },
    ],
  })
  const wa = await list('/channel/wa?v=1&limit=1&offset=0')
  assert.deepEqual(wa.body.page, { count: 1, offset: 0, limit: 1, total: 1 })
  const [shown] = wa.body.handoffs
  assert.deepEqual(
    [shown.id, shown.lookbackPeriodDay, shown.lookbackPeriodHour, shown.routeAllWithinLookback],
    [waHandoff, 1, 2, true],
  )
  assert.deepEqual(shown.channels, [
    {
      ...{ type: 'wa', language: 'en', outboundnumber: '18005550143', templatename: 'order_news' },
      messageComponents: [
        { type: 'header', sub_type: 'image', content: variable, variables: ['1'] },
        { type: 'body', content: `Order ${variable} is here`, variables: ['1'] },
        { type: 'footer', content: 'Bye' },
        { type: 'button', index: 0, content: 'See', sub_type: 'url', url: `https://a.example/${variable}` },
        { type: 'button', index: 1, content: 'Yes', sub_type: 'quick_reply' },
      ],
    },
  ])
  assert.deepEqual((await list('/channel/sms-twilio')).body.handoffs.length, 1)
  assert.deepEqual((await list('/channel/googlercs')).body.handoffs, [])
})
