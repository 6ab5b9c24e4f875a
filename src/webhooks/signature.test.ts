import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Webhook } from 'standardwebhooks'
import { newWebhookSecret, signatureHeaders } from './signature.ts'
import { wrongEndpoint } from './wrong-endpoint.ts'

test('the example of the scheme, to the letter', () => {
  const headers = signatureHeaders(
    { id: 'msg_p5jXN8AQM9LWM0D4loKWxJek', at: new Date(1_614_265_330_000), body: '{"test": 2432232314}' },
    ['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'],
  )
  assert.equal(headers['webhook-signature'], 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=')
  assert.equal(headers['webhook-timestamp'], '1614265330')
})

test('with two secrets the verifier of the scheme takes either, and no third', () => {
  const [next, previous, other] = [newWebhookSecret(), newWebhookSecret(), newWebhookSecret()]
  const body = JSON.stringify({ type: 'invite.sent', text: 'Grüße' })
  const headers = signatureHeaders({ id: 'msg_1', at: new Date(), body }, [next, previous])
  for (const secret of [next, previous]) assert.deepEqual(new Webhook(secret).verify(body, headers), JSON.parse(body))
  assert.throws(() => new Webhook(other).verify(body, headers), /No matching signature/)
  assert.throws(() => new Webhook(next).verify(`${body} `, headers), /No matching signature/)
})

test('an address that cannot be allowed is refused when it is given', () => {
  for (const address of ['https://hooks.example.com/c2m', 'https://hooks.example.com:8443/', 'https://8.8.8.8/'])
    assert.equal(wrongEndpoint(address, false), null, address)
  for (const [address, sentence] of [
    ['hooks.example.com', 'The address is no web address.'],
    ['http://hooks.example.com/', 'The address must begin with https://.'],
    ['https://user:word@hooks.example.com/', 'The address must be a plain address without user name or fragment.'],
    ['https://hooks.example.com:5432/', 'Port 5432 is not a port of web services.'],
    ['https://10.1.2.3/', 'The address is in a private network.'],
    ['https://0x7f000001/', 'The address is in a private network.'],
    ['https://[::ffff:10.0.0.1]/', 'The address is in a private network.'],
    ['http://localhost:8080/', 'The address is in a private network.'],
    ['http://127.0.0.1/', 'The address is in a private network.'],
  ])
    assert.equal(wrongEndpoint(address!, false), sentence, address)
  assert.equal(wrongEndpoint('http://127.0.0.1:9000/', true), null)
})
