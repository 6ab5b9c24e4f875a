import assert from 'node:assert/strict'
import { test } from 'node:test'
import { checkAnswer, checkDeletion, checkHeaders, checkMessage, checkTemplateBody, falseAlarms } from './contract.ts'

const plain = {
  messaging_product: 'whatsapp',
  recipient_type: 'individual',
  to: '16505551234',
  type: 'text',
  text: { body: 'Hi', preview_url: false },
}
const template = {
  ...plain,
  type: 'template',
  text: undefined,
  template: { name: 'continue_in_chat', language: { policy: 'deterministic', code: 'en_US' } },
}
const { text: _, ...templateMessage } = template
const { recipient_type: __, ...withoutType } = plain
const { to: ___, ...withoutTo } = plain
const button = {
  type: 'button',
  sub_type: 'quick_reply',
  index: '0',
  parameters: [{ type: 'payload', payload: 'STOP' }],
}

/** For each false alarm a request that Meta takes, and nothing else wrong with it. */
const taken: Readonly<Record<keyof typeof falseAlarms, Readonly<Record<string, unknown>>>> = {
  'recipient_type is optional': withoutType,
  'recipient stands in place of to for a business-scoped user id': {
    ...withoutTo,
    recipient: 'US.13491208655302741918',
  },
  'biz_opaque_callback_data is not described': { ...plain, biz_opaque_callback_data: 'att_7f3' },
  'language.policy is optional': { ...templateMessage, template: { name: 'x', language: { code: 'en_US' } } },
  'the pattern of a button’s index knows no 0 and no 1': {
    ...templateMessage,
    template: { ...templateMessage.template, components: [button] },
  },
}

test('each false alarm of Meta’s file is one: the file refuses what Meta takes, and only that is forgiven', () => {
  for (const [name, body] of Object.entries(taken)) {
    assert.notDeepEqual(checkMessage(body, { strict: true }), [], name)
    assert.deepEqual(checkMessage(body), [], name)
    const others = Object.entries(falseAlarms).filter(([other]) => other !== name)
    const fitted = others.reduce((sum, [, forgive]) => forgive(sum), body)
    assert.notDeepEqual(checkMessage(fitted, { strict: true }), [], `${name} is needed`)
  }
  assert.deepEqual(checkHeaders({ 'user-agent': 'Connect to Messaging' }, ['user-agent']).length, 1)
})

test('what really is wrong is found, false alarms or not', () => {
  for (const body of [
    {},
    { ...plain, type: 'carrier pigeon' },
    { ...plain, type: 'constructor' },
    { ...plain, text: undefined },
    { ...plain, text: { body: 7 } },
    { ...plain, text: { body: 'x', colour: 'red' } },
    { ...plain, colour: 'red' },
    { ...withoutTo },
    { ...plain, type: 'image', text: undefined, image: { caption: 'no address' } },
    { ...templateMessage, template: { language: { policy: 'deterministic', code: 'en' } } },
    { ...templateMessage, template: { name: 'x', language: { policy: 'fallback', code: 'en' } } },
    { ...templateMessage, template: { ...templateMessage.template, components: [{ type: 'footer' }] } },
    { ...templateMessage, template: { ...templateMessage.template, components: [{ ...button, sub_type: 'phone' }] } },
    { ...templateMessage, template: { ...templateMessage.template, components: [{ ...button, index: 'x' }] } },
  ])
    assert.notDeepEqual(checkMessage(JSON.parse(JSON.stringify(body))), [], JSON.stringify(body))
  assert.deepEqual(checkMessage(plain, { strict: true }), [])
  assert.notDeepEqual(checkTemplateBody({ name: 'x', components: 'none' }), [])
  assert.notDeepEqual(checkHeaders({}, ['authorization']), [])
  assert.notDeepEqual(checkHeaders({ authorization: 'Basic x' }, ['authorization']), [])
  assert.notDeepEqual(checkHeaders({ 'content-type': 'text/plain' }, ['content-type']), [])
  assert.notDeepEqual(checkAnswer.send({ messages: 'x' }), [])
  assert.deepEqual(checkDeletion(new URLSearchParams('name=x&hsm_id=1')), [])
  for (const query of ['', 'name=x', 'hsm_id=1', 'name=x&hsm_id=1&language=en'])
    assert.notDeepEqual(checkDeletion(new URLSearchParams(query)), [], query)
})
