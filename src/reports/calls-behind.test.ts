import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { groupValue } from '../../test/assert-report.ts'
import type { CallRow } from '../../test/random-calls.ts'
import { period, reportedCalls } from '../../test/reported-calls.ts'
import { channelOf, dimensionOf, lossOf, reachedOf, statusOf } from '../../test/slow-report.ts'
import type { CountedStep } from '../domain/report-query.ts'
import { callsBehind } from './calls-behind.ts'
import { report } from './report.ts'

const { server, brand, calls, asked } = await reportedCalls()
const { db } = server.deps
after(() => server.close())

test('behind every number stand its calls, page by page and the newest first', async () => {
  const timeZone = 'Asia/Kolkata'
  const nothing = { step: null, reached: null, lostAt: null, reason: null, group: {}, filters: {} } as const
  const query = { accountId: brand.accountId, ...period, timeZone, ...nothing }
  const listed = async (wanted: Partial<typeof query> | Record<string, unknown>, limit = 100) => {
    const found: string[] = []
    let after: Awaited<ReturnType<typeof callsBehind>>['next'] = null
    do {
      const page: Awaited<ReturnType<typeof callsBehind>> = await callsBehind(
        db,
        { ...query, ...wanted },
        { after, limit },
      )
      found.push(...page.transactions.map(({ callId }) => callId))
      after = page.next
    } while (after !== null)
    return found
  }
  const newest = (among: readonly CallRow[]) =>
    among
      .toSorted((a, b) => b.attempted_at.getTime() - a.attempted_at.getTime() || (a.call_id < b.call_id ? 1 : -1))
      .map(({ call_id }) => call_id)
  const among: readonly [CountedStep, (call: CallRow) => boolean, limit?: number][] = [
    ['attempted', () => true],
    ['failed', (call) => call.sent_at === null || statusOf(call) === 'FAILED'],
    ['handled', (call) => call.conversation_taken_at !== null],
    ['scored', (call) => call.csat !== null],
    ['abandoned', (call) => call.conversation_closed_at !== null && call.conversation_taken_at === null, 5],
  ]
  for (const [step, holds, limit] of among)
    assert.deepEqual(await listed({ step }, limit), newest(calls.filter(holds)), step)
  const whole = await report(db, asked({ timeZone }), 10)
  for (const [place, loss] of whole.losses.entries()) {
    const here = calls.filter((call) => reachedOf(call) === place)
    assert.deepEqual(await listed({ lostAt: loss.step }), newest(here), loss.step)
    assert.equal((await listed({ reached: loss.step })).length, loss.reached)
    for (const { code } of loss.reasons.slice(0, 1))
      assert.deepEqual(
        await listed({ lostAt: loss.step, reason: code }),
        newest(here.filter((call) => lossOf(call) === code)),
        code,
      )
  }
  for (const groupBy of [
    ['weekday', 'hourOfDay'],
    ['day', 'channel'],
    ['error'],
    ['hour'],
    ['template', 'ivrNumber'],
  ] as const) {
    const { rows } = await report(db, asked({ timeZone, groupBy }), 1_000)
    const some = rows.filter(({ figures }) => figures.replied > 0).slice(0, 2)
    for (const { group, figures } of some) {
      const behind = await listed({ group, step: 'replied' }, Math.max(2, Math.ceil(figures.replied / 3)))
      assert.equal(behind.length, figures.replied, JSON.stringify(group))
      const wanted = calls.filter(
        (call) =>
          call.replied_at !== null &&
          groupBy.every((dimension) => dimensionOf(call, dimension, timeZone) === groupValue(group, dimension)),
      )
      assert.deepEqual(behind, newest(wanted))
    }
  }
  assert.deepEqual(await listed({ filters: { channels: ['wa'] }, group: { channel: 'sms' } }), [])
  const onWhatsApp = calls.filter((call) => channelOf(call) === 'wa' && lossOf(call) === 'waiting')
  assert.deepEqual(await listed({ filters: { channels: ['wa'], reasons: ['waiting'] } }), newest(onWhatsApp))
})
