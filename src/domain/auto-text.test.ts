import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  type ArrivalFacts,
  checkAutoTexts,
  defaultSurveyText,
  mayTell,
  noTexts,
  textOnArrival,
  wordsOf,
} from './auto-text.ts'

const day = (n: number) => new Date(Date.UTC(2026, 2, n))
const base: ArrivalFacts = { opened: true, queued: true, open: true, closedSince: null, outOfHoursAt: null }
const arrivals: readonly [name: string, facts: Partial<ArrivalFacts>, text: ReturnType<typeof textOnArrival>][] = [
  ['a new conversation in hours', {}, 'firstAnswer'],
  ['the second message', { opened: false }, null],
  ['an agent has it', { opened: false, queued: false, open: false }, null],
  ['a new conversation out of hours', { open: false, closedSince: day(2) }, 'outOfHours'],
  ['told since closing', { open: false, opened: false, closedSince: day(2), outOfHoursAt: day(2) }, null],
  ['told the night before', { open: false, opened: false, closedSince: day(2), outOfHoursAt: day(1) }, 'outOfHours'],
  ['told, and closed for ever', { open: false, opened: false, outOfHoursAt: day(1) }, null],
  ['began in hours, writes again at night', { open: false, opened: false, closedSince: day(2) }, 'outOfHours'],
]
for (const [name, facts, text] of arrivals)
  test(`on arrival: ${name}`, () => {
    assert.equal(textOnArrival({ ...base, ...facts }), text)
  })

const words: readonly [name: string, skill: string | null, account: string | null, said: string | null][] = [
  ['nobody wrote one', null, null, null],
  ['the account’s', null, 'Hello', 'Hello'],
  ['the skill’s own', 'Hi', 'Hello', 'Hi'],
  ['a skill that is silent', '', 'Hello', null],
]
for (const [name, skill, account, said] of words)
  test(`words: ${name}`, () => {
    assert.equal(wordsOf('waiting', { ...noTexts, waiting: skill }, { ...noTexts, waiting: account }), said)
  })
test('a survey without words of the brand asks in ours', () => {
  assert.equal(wordsOf('survey', noTexts, noTexts), defaultSurveyText)
})

const counts: readonly [withinHour: number, withinDay: number, may: boolean][] = [
  [0, 0, true],
  [2, 9, true],
  [3, 3, false],
  [0, 10, false],
]
for (const [withinHour, withinDay, may] of counts)
  test(`after ${withinHour} in the hour and ${withinDay} in the day: ${may}`, () => {
    assert.equal(mayTell({ withinHour, withinDay }), may)
  })

test('texts are checked', () => {
  assert.deepEqual(checkAutoTexts({ ...noTexts, waiting: 'Please wait.\nWe come.' }), [])
  assert.match(checkAutoTexts({ ...noTexts, waiting: 'x'.repeat(1_601) }).join(), /1600/)
  assert.match(checkAutoTexts({ ...noTexts, waiting: 'a\u0007' }).join(), /control/)
})
