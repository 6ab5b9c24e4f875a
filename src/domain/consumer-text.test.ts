import assert from 'node:assert/strict'
import test from 'node:test'
import { consumerText, outsideId } from './consumer-text.ts'

test('keeps what was written, without NUL and halves of surrogate pairs', () => {
  assert.equal(consumerText('a\u0000b\n\t🙂é'), 'ab\n\t🙂é')
  assert.equal(consumerText('x\ud83dy'), 'x\ufffdy')
})

test('keeps 64 kB of a long text, cut between characters', () => {
  assert.equal(consumerText('a'.repeat(70_000)).length, 65_536)
  const kept = consumerText(`a${'é'.repeat(40_000)}`)
  assert.ok(kept.endsWith('é'))
  assert.equal(Buffer.byteLength(kept), 65_535)
})

test('what the consumer wrote at the cut stays, and a text made to be slow is not', () => {
  assert.ok(consumerText(`${'a'.repeat(65_533)}\ufffd${'a'.repeat(10)}`).endsWith('a\ufffd'))
  const slow = consumerText(`${'\ufffd'.repeat(500_000)}${'a'.repeat(3_000)}`)
  assert.equal(slow, '\ufffd'.repeat(21_845))
})

test('an id is one line of at most 255 characters', () => {
  assert.equal(outsideId('SM1'), 'SM1')
  for (const id of ['', 'a\u0000', 'a\n', '\ud83d', 'x'.repeat(256)]) assert.equal(outsideId(id), null)
})
