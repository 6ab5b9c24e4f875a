import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { appJwt, callIvr, eligibilityBody, type SignOptions } from '../ivr-client.ts'
import { type SendingStage, sendingStage } from '../sending-stage.ts'
import type { TestBrand } from '../test-brand.ts'

/** What a brand's existing client gets when all is well: the published answers, word for word, by each way in. */

const uuidV4 = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/
const json = 'application/json; charset=utf-8'

let stage: SendingStage
let brand: TestBrand
before(async () => {
  stage = await sendingStage({ env: { INVITE_DEADLINE_MS: '15000' } })
  brand = await stage.brand({ settings: { rateLimit: 10_000, consumerCap: null } })
})
after(() => stage.close())

let last = 0
/** A consumer of its own for each case: an invite of one must not count for another. */
const body = () => {
  last += 1
  return { ...eligibilityBody(brand), consumerPhoneNumber: `+1206555${String(100 + last).padStart(4, '0')}` }
}
const waysIn: Record<string, () => Promise<{ sign?: SignOptions; headers?: Record<string, string> }>> = {
  'HMAC-SHA1': async () => ({ sign: { hash: 'sha1' } }),
  'HMAC-SHA256': async () => ({ sign: { hash: 'sha256' } }),
  AppJWT: async () => ({ headers: { authorization: `Bearer ${await appJwt(stage.server, brand)}` } }),
}

for (const [name, wayIn] of Object.entries(waysIn)) {
  test(`eligibility, the invite, and the invite again, with ${name}`, async () => {
    const question = body()
    const eligible = await callIvr(stage.server, brand, 'eligibility', { body: question, ...(await wayIn()) })
    const { callId } = eligible.body as { callId: string }
    assert.equal(eligible.status, 200)
    assert.equal(eligible.headers.get('content-type'), json)
    assert.match(callId, uuidV4)
    assert.deepEqual(eligible.body, {
      availableChannels: ['sms'],
      recommendedChannelName: 'sms',
      eligible: true,
      callId,
    })

    for (const request of [{ callId }, { callId: callId.toUpperCase() }, { callId, overrideChannel: 'twilio' }]) {
      const invited = await callIvr(stage.server, brand, 'invite', { body: request, ...(await wayIn()) })
      assert.deepEqual([invited.status, invited.body], [200, { callId }])
      assert.equal(invited.headers.get('content-type'), json)
    }
    const texts = stage.provider.accepted.filter((message) => message.to === question.consumerPhoneNumber)
    assert.equal(texts.length, 1, 'one callId, one invite')
  })
}

test('the override names of SMS are one channel', async () => {
  for (const overrideChannel of ['sms', 'twilio', 'sms-twilio']) {
    const { body: answer } = await callIvr(stage.server, brand, 'eligibility', { body: body() })
    const invite = { callId: answer.callId, overrideChannel }
    assert.equal((await callIvr(stage.server, brand, 'invite', { body: invite })).status, 200, overrideChannel)
  }
})

test('a consumer who cannot be reached is no error: 200, empty, and a callId all the same', async () => {
  const question = body()
  const { db } = stage.server.deps
  await db`insert into opt_outs (account_id, address, channel, opted_out_at, source)
    values (${brand.accountId}, ${question.consumerPhoneNumber}, '*', now(), 'keyword')`
  const answer = await callIvr(stage.server, brand, 'eligibility', { body: question })
  const { callId } = answer.body as { callId: string }
  assert.deepEqual(
    [answer.status, answer.body],
    [200, { availableChannels: [], recommendedChannelName: '', eligible: false, callId }],
  )
  assert.match(callId, uuidV4)

  const explained = await callIvr(stage.server, brand, 'eligibility', { body: question, query: 'v=2.0&explain=true' })
  const { reasons, partial } = explained.body as {
    reasons: { channel: string; code: string; message: string }[]
    partial?: true
  }
  assert.deepEqual(
    reasons.map(({ channel, code }) => [channel, code]),
    [['sms', 'opted_out']],
  )
  assert.equal(partial, undefined)
  const plain = await callIvr(stage.server, brand, 'eligibility', { body: question, query: 'v=2.0&explain=false' })
  assert.deepEqual(Object.keys(plain.body), ['availableChannels', 'recommendedChannelName', 'eligible', 'callId'])

  const refused = await callIvr(stage.server, brand, 'invite', { body: { callId } })
  assert.deepEqual(
    [refused.status, refused.body.errorCode, refused.body.errorMessage],
    [400, 1400, 'Message cannot be sent'],
  )
})

test('the published request example is understood whole', async () => {
  const answer = await callIvr(stage.server, brand, 'eligibility', {
    body: {
      ...body(),
      templateVariables: { '1': 'test' },
      ivrNumber: '180000',
      consumerId: 'ignored without an app',
      sdes: [
        {
          type: 'ctmrinfo',
          info: { customerId: 'C-9', ctype: 'gold', balance: -3.5, currency: 'GBP', loginStatus: 1 },
        },
        { type: 'personal', info: { firstname: 'Ada', language: 'en-GB' } },
      ],
    },
  })
  assert.equal(answer.status, 200)
  const [row] = await stage.server.deps.db`
    select ivr_number, sdes, template_variables from calls where call_id = ${answer.body.callId as string}`
  assert.equal(row?.ivr_number, '180000')
  assert.equal(row?.sdes.personal.firstname, 'Ada')
  assert.equal(row?.sdes.ctmrinfo.balance, -3.5)
  assert.equal(row?.template_variables.body['1'], 'test')
})

test('what is wrong is said in details that name the field and repeat no value', async () => {
  const secret = 'canary-value'
  const rows: [Record<string, unknown>, RegExp][] = [
    [{ skill: [secret] }, /skill/],
    [{ skill: secret.repeat(30) }, /skill/],
    [{ ivrNumber: { secret } }, /ivrNumber/],
    [{ sdes: [{ type: 'ctmrinfo', info: { companySize: secret } }] }, /companySize/],
    [{ templateVariables: { '1': [secret] } }, /templateVariables\.1/],
  ]
  for (const [change, named] of rows) {
    const answer = await callIvr(stage.server, brand, 'eligibility', { body: { ...body(), ...change } })
    assert.deepEqual([answer.status, answer.body.errorCode], [400, 1000])
    assert.match((answer.body.details as string[]).join('\n'), named)
    assert.equal(JSON.stringify(answer.body).includes(secret), false)
  }
})
