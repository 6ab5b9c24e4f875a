import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { after, before, test } from 'node:test'
import { personalDataIn } from '../../test/personal-data.ts'
import { simulatedAccount, twilioSignature } from '../../test/simulators/twilio/index.ts'
import { type TestBrand, testBrand } from '../../test/test-brand.ts'
import { testInvite } from '../../test/test-invite.ts'
import { testPhone } from '../../test/test-phone.ts'
import { type TestServer, testServer } from '../../test/test-server.ts'

/** What Twilio calls, in front of a proxy that ends TLS. */
const publicUrl = 'https://c2m.example.com:8443'
const { accountSid, authToken } = simulatedAccount
let server: TestServer
let brand: TestBrand
let path: string

before(async () => {
  server = await testServer({ env: { PUBLIC_URL: publicUrl } })
  brand = await testBrand(server, {
    smsConnector: 'sms-twilio',
    smsSettings: { accountSid },
    smsSecrets: { authToken },
  })
  path = `/hooks/sms-twilio/${brand.accountId}/${brand.smsSender.senderId}`
})
after(() => server.close())

const sid = () => `SM${randomBytes(16).toString('hex')}`

/** A form POST as Twilio makes it, with headers of a stranger who wants another URL to be believed. */
function twilioPosts(form: Record<string, string>, at = path, signed = publicUrl + at) {
  return fetch(server.url + at, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      'x-twilio-signature': twilioSignature(authToken, signed, form),
      'x-forwarded-host': 'evil.example',
      'x-forwarded-proto': 'http',
    },
    body: new URLSearchParams(form),
  })
}

const message = (from: string, text: string, more: Record<string, string> = {}) => ({
  ...{ MessageSid: sid(), AccountSid: accountSid, From: from, To: brand.smsSender.address, SmsStatus: 'received' },
  ...{ Body: text, NumMedia: '0', ...more },
})

test('a text is heard under the public URL, whatever the proxy’s headers say, and answered with empty TwiML (WF-02)', async () => {
  const phone = testPhone()
  const { callId } = await testInvite(server, brand, phone)
  const form = message(phone, 'Hello & good day ü')
  const answer = await twilioPosts(form)
  assert.equal(answer.status, 200)
  assert.equal(answer.headers.get('content-type')?.split(';')[0], 'text/xml')
  assert.match(await answer.text(), /<Response\/>$/)
  const [stored] = await server.deps.db`
    select m.body, c.call_id from messages m join conversations c on c.conversation_id = m.conversation_id
    where m.account_id = ${brand.accountId} and m.address = ${phone} and m.direction = 'in'`
  assert.deepEqual({ ...stored }, { body: 'Hello & good day ü', call_id: callId })
  assert.equal((await twilioPosts(form, path, server.url + path)).status, 403, 'signed for another address')
})

test('replaying a true webhook has no second effect (WF-03)', async () => {
  const phone = testPhone()
  const form = message(phone, 'STOP')
  for (let n = 0; n < 3; n++) assert.equal((await twilioPosts(form)).status, 200)
  const rows = await server.deps.db`select 1 from opt_out_history where address = ${phone}`
  assert.equal(rows.length, 1)
})

test('Twilio answers STOP itself, so we do not; a word it does not know we confirm', async () => {
  const [known, unknown] = [testPhone(), testPhone()]
  await twilioPosts(message(known, 'Stop'))
  await twilioPosts(message(unknown, 'Arrêt'))
  const answered = await server.deps.db<{ address: string }[]>`
    select address from messages where account_id = ${brand.accountId} and kind = 'auto'`
  assert.deepEqual(
    answered.map(({ address }) => address),
    [unknown],
  )
  const stopped = await server.deps.db`
    select 1 from opt_outs where address in (${known}, ${unknown}) and channel = 'sms' and lifted_at is null`
  assert.equal(stopped.length, 2)
})

test('a status callback before the create’s answer finds its message by our token; 21610 is an opt-out', async () => {
  const phone = testPhone()
  const { messageId, token } = await testInvite(server, brand, phone, { sentMinutesAgo: null })
  const status = { MessageSid: sid(), AccountSid: accountSid, From: brand.smsSender.address, To: phone }
  const at = `${path}?attempt=${token}`
  assert.equal((await twilioPosts({ ...status, MessageStatus: 'sent' }, at)).status, 200)
  assert.equal((await twilioPosts({ ...status, MessageStatus: 'failed', ErrorCode: '21610' }, at)).status, 200)
  const [row] = await server.deps
    .db`select status, provider_id, failure_kind from messages where message_id = ${messageId}`
  assert.deepEqual({ ...row }, { status: 'failed', provider_id: status.MessageSid, failure_kind: 'opted-out' })
  const [optOut] = await server.deps
    .db`select source, evidence from opt_outs where address = ${phone} and channel = 'sms'`
  assert.deepEqual({ ...optOut }, { source: 'provider-refusal', evidence: '21610' })
})

test('a GET webhook has its parameters in the signed URL', async () => {
  const phone = testPhone()
  const at = `${path}?${new URLSearchParams(message(phone, 'By GET'))}`
  const headers = { 'x-twilio-signature': twilioSignature(authToken, publicUrl + at, {}) }
  assert.equal((await fetch(server.url + at, { headers })).status, 200)
  assert.equal((await fetch(`${server.url + at}&x=1`, { headers })).status, 403)
  const rows = await server.deps.db`select body from messages where address = ${phone} and direction = 'in'`
  assert.deepEqual([...rows], [{ body: 'By GET' }])
})

test('what is kept and logged of all this holds no number, text, name or token', async () => {
  const kept = await server.deps.db<{ all: string }[]>`
    select concat_ws(' ', url, request_body, answer_body, failure) as all from provider_exchanges`
  assert.ok(kept.length >= 8)
  const everything = [...kept.map((row) => row.all), ...server.logged].join('\n')
  assert.deepEqual(personalDataIn(everything), [])
  for (const secret of ['good day', 'By GET', authToken]) assert.ok(!everything.includes(secret), secret)
  const tokens = await server.deps.db<{ token: string }[]>`select token from attempts`
  for (const { token } of tokens) assert.ok(!everything.includes(token))
})
