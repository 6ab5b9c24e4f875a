import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import { eventParser, type StreamEvent } from './event-stream.ts'

const stream = [
  ': hello\n\n',
  'event: ready\ndata: {}\n\n',
  'id: 7\ndata: {"a":1}\n\n',
  ':\n\n',
  'id:8\r\ndata: one\r\ndata: two\r\n\r\n',
  'event: restart\ndata:\n\n',
].join('')

const expected: StreamEvent[] = [
  { name: 'ready', id: '', data: '{}' },
  { name: 'message', id: '7', data: '{"a":1}' },
  { name: 'message', id: '8', data: 'one\ntwo' },
  { name: 'restart', id: '8', data: '' },
]

test('events are the same in whatever pieces the stream comes', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: stream.length }), { maxLength: 12 }), (cuts) => {
      const told: StreamEvent[] = []
      const parse = eventParser((event) => told.push(event))
      let from = 0
      for (const cut of [...cuts, stream.length].sort((a, b) => a - b)) {
        parse(stream.slice(from, cut))
        from = cut
      }
      assert.deepEqual(told, expected)
    }),
  )
})
