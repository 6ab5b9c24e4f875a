import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import { simulatedAccount, simulatedSender, twilioSignature } from '../../../test/simulators/twilio/index.ts'
import { type RawHook, Unauthentic } from '../connector.ts'
import { verify } from './verify.ts'

const token = simulatedAccount.authToken
const url = 'https://connect.example.com/hooks/sms-twilio/12345678/s1?attempt=abc'
const fields = { MessageSid: 'SM1', Body: 'café & more', Empty: '' }

function hook(changes: Partial<RawHook> & { signature?: string } = {}): RawHook {
  const { signature = twilioSignature(token, url, fields), ...rest } = changes
  return {
    method: 'POST',
    url,
    headers: { 'content-type': 'application/x-www-form-urlencoded; charset=UTF-8', 'x-twilio-signature': signature },
    body: Buffer.from(new URLSearchParams(fields).toString()),
    ...rest,
  }
}

const passes = (given: RawHook, settings: Record<string, unknown> = {}) =>
  verify(given, simulatedSender('https://api.twilio.com', settings))
const refused = (given: RawHook, settings: Record<string, unknown> = {}) =>
  assert.throws(() => passes(given, settings), Unauthentic)

test('Twilio’s own example: the known answer', () => {
  const example = hook({
    url: 'https://mycompany.com/myapp.php?foo=1&bar=2',
    body: Buffer.from(
      'CallSid=CA1234567890ABCDE&Caller=%2B12349013030&Digits=1234&From=%2B12349013030&To=%2B18005551212',
    ),
    signature: '0/KCTR6DLpKmkAf8muzZqo1nDgQ=',
  })
  passes(example, { authToken: '12345' })
  refused(example, { authToken: '12346' })
})

test('no, short, wrong and long signatures, and another sender’s token, are refused (WF-01)', () => {
  const right = twilioSignature(token, url, fields)
  for (const signature of ['', 'x', right.slice(0, -1), `${right}=`, right.toLowerCase(), `${right}${right}`])
    refused(hook({ signature }))
  refused(hook({ signature: twilioSignature('another', url, fields) }))
  const { 'x-twilio-signature': _, ...headers } = hook().headers
  refused(hook({ headers }))
  refused(hook({ headers: { ...headers, 'x-hub-signature': `sha1=${right}` } }))
})

test('a changed, added, removed or re-typed body is refused; the same one in another order passes', () => {
  const form = (changed: Record<string, string>) => Buffer.from(new URLSearchParams(changed).toString())
  refused(hook({ body: form({ ...fields, Body: 'café & less' }) }))
  refused(hook({ body: form({ ...fields, More: '' }) }))
  refused(hook({ body: form({ MessageSid: 'SM1', Body: 'café & more' }) }))
  refused(hook({ body: Buffer.alloc(0) }))
  passes(hook({ body: form({ Empty: '', Body: 'café & more', MessageSid: 'SM1' }) }))
  passes(hook({ body: Buffer.from('Body=caf%c3%a9%20%26%20more&MessageSid=SM1&Empty') }))
  const type = (contentType: string) => ({ ...hook().headers, 'content-type': contentType })
  for (const contentType of ['text/plain', 'multipart/form-data', '', 'application/json'])
    refused(hook({ headers: type(contentType) }))
})

test('an empty form signed over its URL alone carries no unsigned body along', () => {
  const signature = twilioSignature(token, url, {})
  passes(hook({ signature, body: Buffer.alloc(0) }))
  refused(hook({ signature }))
  passes(hook({ signature, method: 'GET' }))
})

test('the URL counts as Twilio called it: scheme, host, path, query; its port may be named or not (WF-02)', () => {
  for (const other of [
    url.replace('https:', 'http:'),
    url.replace('connect.', 'evil.'),
    url.replace('/s1', '/s2'),
    url.replace('abc', 'abd'),
    url.replace('?attempt=abc', ''),
  ])
    refused(hook({ url: other }))
  const withPort = url.replace('.com/', '.com:443/')
  passes(hook({ signature: twilioSignature(token, withPort, fields) }))
  passes(hook({ url: `${url}#rc=2&rp=all` }))
  const odd = 'https://connect.example.com/hooks?b=2&a=%7e%2F&a='
  passes(hook({ url: odd, signature: twilioSignature(token, odd, fields) }))
})

test('headers about another host change nothing (WF-02)', () => {
  const spoofed = { 'x-forwarded-host': 'evil.example.com', 'x-forwarded-proto': 'http', host: 'evil.example.com' }
  passes(hook({ headers: { ...hook().headers, ...spoofed } }))
  const forEvil = url.replace('connect.example.com', 'evil.example.com')
  refused(
    hook({ headers: { ...hook().headers, ...spoofed, 'x-twilio-signature': twilioSignature(token, forEvil, fields) } }),
  )
})

test('a repeated parameter is signed once per value', () => {
  const text = `${url}MediaUrl0aMediaUrl0b`
  passes(
    hook({ signature: twilioSignature(token, text, {}), body: Buffer.from('MediaUrl0=b&MediaUrl0=a&MediaUrl0=b') }),
  )
})

test('JSON: its hash must be in the signed URL and fit the body', () => {
  const body = Buffer.from('{"MessageSid":"SM1","Body":"caf\\u00e9"}')
  const jsonUrl = `${url}&bodySHA256=${createHash('sha256').update(body).digest('hex')}`
  const headers = {
    'content-type': 'application/json',
    'x-twilio-signature': twilioSignature(token, jsonUrl, {}),
  }
  passes(hook({ url: jsonUrl, headers, body }))
  refused(hook({ url: jsonUrl, headers, body: Buffer.from(body.toString().replace('SM1', 'SM2')) }))
  refused(hook({ url, headers: { ...headers, 'x-twilio-signature': twilioSignature(token, url, {}) }, body }))
  refused(hook({ url: jsonUrl, headers: { ...headers, 'content-type': 'application/x-www-form-urlencoded' } }))
})

test('while tokens are changed either is accepted, and an empty one never', () => {
  const secondary = { authToken: 'new-token', secondaryAuthToken: token }
  passes(hook(), secondary)
  passes(hook({ signature: twilioSignature('new-token', url, fields) }), secondary)
  refused(hook({ signature: twilioSignature('', url, fields) }), { ...secondary, secondaryAuthToken: '' })
  refused(hook({ signature: twilioSignature('', url, fields) }), { authToken: '' })
})

test('the refusal says nothing about the right signature', () => {
  try {
    passes(hook({ signature: 'wrong' }))
    assert.fail('accepted')
  } catch (error) {
    assert.ok(error instanceof Unauthentic && !error.message.includes(twilioSignature(token, url, fields)))
  }
})
