import assert from 'node:assert/strict'
import { test } from 'node:test'
import { scoreOf, surveyAnswer } from './survey.ts'

const scores: readonly [text: string, score: number | null][] = [
  ['5', 5],
  [' 1 ', 1],
  ['4!', 4],
  ['5️⃣', 5],
  ['５', 5],
  ['3.', 3],
  ['5 👍', 5],
  ['4/5', 4],
  ['4 out of 5', 4],
  ['4 stars', 4],
  ['⭐⭐⭐', 3],
  ['⭐️⭐️⭐️⭐️⭐️', 5],
  ['Five', 5],
  ['fünf', 5],
  ['5, thanks!', 5],
  ['Thank you. 5', 5],
  ['2 merci', 2],
  ['0', null],
  ['6', null],
  ['10', null],
  ['55', null],
  ['', null],
  ['thanks', null],
  ['2 of my bills are wrong', null],
  ['I have 3 questions', null],
  ['call me at 5', null],
  ['1 or 2', null],
  ['4/6', null],
  ['5 5', null],
  ['one more thing', null],
  [`5${' '.repeat(5)}${'!'.repeat(60)}`, null],
  ['⭐⭐⭐⭐⭐⭐', null],
]
for (const [text, score] of scores)
  test(`"${text}" is ${score ?? 'no score'}`, () => {
    assert.equal(scoreOf(text), score)
  })

const askedAt = new Date('2026-03-02T12:00:00Z')
const after = (hours: number) => new Date(askedAt.getTime() + hours * 3_600_000)
const rows: readonly [name: string, hours: number, invitedHours: number | null, score: number | null][] = [
  ['at once', 0, null, 5],
  ['in the last moment', 24, null, 5],
  ['too late', 24.1, null, null],
  ['an invite sent before', 1, -2, 5],
  ['an invite sent since asks something else', 2, 1, null],
]
for (const [name, hours, invited, score] of rows)
  test(`the answer to a survey: ${name}`, () => {
    const said = { text: '5', at: after(hours), lastInvitedAt: invited === null ? null : after(invited) }
    assert.equal(surveyAnswer({ conversationId: 'c', askedAt }, said), score)
  })

test('nobody was asked: a number is a message', () => {
  assert.equal(surveyAnswer(null, { text: '5', at: askedAt, lastInvitedAt: null }), null)
})
