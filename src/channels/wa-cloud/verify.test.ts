import assert from 'node:assert/strict'
import { test } from 'node:test'
import { metaSignature, simulatedBusiness, simulatedWaSender } from '../../../test/simulators/meta/index.ts'
import { type RawHook, Unauthentic } from '../connector.ts'
import { answer, verify } from './verify.ts'

const { appSecret, verifyToken } = simulatedBusiness
const url = 'https://connect.example.com/hooks/wa-cloud/12345678/s1'
const body = Buffer.from('{"object":"whatsapp_business_account","entry":[],"x":"caf\\u00e9 \\/"}')

function post(changes: Partial<RawHook> & { signature?: string } = {}): RawHook {
  const { signature = metaSignature(appSecret, body), ...rest } = changes
  return { method: 'POST', url, headers: { 'x-hub-signature-256': signature }, body, ...rest }
}
function handshake(query: Record<string, string>): RawHook {
  return { method: 'GET', url: `${url}?${new URLSearchParams(query)}`, headers: {}, body: Buffer.alloc(0) }
}
const passes = (hook: RawHook, settings: Record<string, unknown> = {}) =>
  verify(hook, simulatedWaSender('https://graph.facebook.com', settings))
const refused = (hook: RawHook, settings: Record<string, unknown> = {}) =>
  assert.throws(() => passes(hook, settings), Unauthentic)

test('a known answer: HMAC-SHA256 over the bytes (RFC 4231, test case 2)', () => {
  const signature = 'sha256=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843'
  passes(post({ body: Buffer.from('what do ya want for nothing?'), signature }), { appSecret: 'Jefe' })
})

test('no, short, wrong and long signatures, those of another kind and of another app are refused', () => {
  const right = metaSignature(appSecret, body)
  passes(post())
  for (const signature of ['', 'x', right.slice(0, -1), `${right}0`, right.slice(7), right.toUpperCase(), ` ${right}`])
    refused(post({ signature }))
  refused(post({ signature: metaSignature('another', body) }))
  refused(post({ headers: {} }))
  refused(post({ headers: { 'x-hub-signature': right } }))
  refused(post(), { appSecret: 'another' })
})

test('only the bytes as they came fit: JSON written again does not', () => {
  refused(post({ body: Buffer.from(JSON.stringify(JSON.parse(body.toString()))) }))
  refused(post({ body: Buffer.concat([body, Buffer.from(' ')]) }))
  refused(post({ body: Buffer.alloc(0) }))
})

test('with an empty secret nothing passes, not even what is signed with it', () => {
  refused(post({ signature: metaSignature('', body) }), { appSecret: '' })
  refused(handshake({ 'hub.mode': 'subscribe', 'hub.verify_token': '', 'hub.challenge': '1' }), { verifyToken: '' })
})

test('a handshake needs mode and token; its challenge comes back plain, whatever it holds', () => {
  const good = { 'hub.mode': 'subscribe', 'hub.verify_token': verifyToken, 'hub.challenge': '<b>1</b>' }
  passes(handshake(good))
  assert.deepEqual(answer(handshake(good)), {
    status: 200,
    contentType: 'text/plain; charset=utf-8',
    body: '<b>1</b>',
  })
  refused(handshake({ ...good, 'hub.verify_token': `${verifyToken}x` }))
  refused(handshake({ ...good, 'hub.verify_token': '' }))
  refused(handshake({ ...good, 'hub.mode': 'unsubscribe' }))
  refused(handshake({ 'hub.mode': 'subscribe', 'hub.challenge': '1' }))
  refused(handshake({}))
  assert.deepEqual(answer(post()).body, '')
})

test('the refusal says nothing about the right signature or token', () => {
  for (const hook of [post({ signature: 'sha256=x' }), handshake({ 'hub.mode': 'subscribe' })])
    assert.throws(
      () => passes(hook),
      (error: Error) => !error.message.includes(verifyToken) && !error.message.includes(metaSignature(appSecret, body)),
    )
})
