import assert from 'node:assert/strict'
import test from 'node:test'
import { automaticAnswer, decideKeyword, type KeywordFacts, keywordOf } from './opt-out.ts'

const fullWidth = (word: string) =>
  word.replace(/[A-Z]/g, (letter) => String.fromCodePoint(letter.codePointAt(0)! + 0xfee0))

/** CO-01: each word in each dress. */
const dresses: readonly (readonly [string, (word: string) => string])[] = [
  ['as it is', (word) => word],
  ['small', (word) => word.toLowerCase()],
  ['mixed', (word) => word[0] + word.slice(1).toLowerCase()],
  ['trailing dot', (word) => `${word}.`],
  ['shouted', (word) => `${word}!!!`],
  ['quoted', (word) => `“${word}”`],
  ['spaces and line ends around', (word) => `  ${word}\r\n`],
  ['no-break space around', (word) => `\u00a0${word}\u00a0`],
  ['zero-width characters inside', (word) => `${word.slice(0, 1)}\u200b${word.slice(1)}\ufeff`],
  ['emoji after', (word) => `${word} 🛑🙏🏽`],
  ['emoji before', (word) => `✋${word}`],
  ['full-width', fullWidth],
  ['spaced out', (word) => [...word].join(' ')],
  ['said three times', (word) => `${word} ${word}, ${word.toLowerCase()}!`],
]

const stops = [
  ...['STOP', 'STOPALL', 'STOP ALL', 'UNSUBSCRIBE', 'CANCEL', 'END', 'QUIT', 'REVOKE', 'OPTOUT', 'OPT OUT', 'OPT-OUT'],
  ...['REMOVE', 'ARRET', 'ARRÊT', 'ARRETER', 'STOPP', 'ABMELDEN', 'BAJA', 'PARAR', 'SAIR'],
]

for (const [dress, wear] of dresses) {
  test(`a bare keyword counts: ${dress}`, () => {
    for (const word of stops) assert.equal(keywordOf(wear(word)), 'stop', wear(word))
    for (const word of ['START', 'UNSTOP']) assert.equal(keywordOf(wear(word)), 'start', wear(word))
    for (const word of ['HELP', 'INFO']) assert.equal(keywordOf(wear(word)), 'help', wear(word))
    assert.equal(keywordOf(wear('YES')), 'yes')
  })
}

test('a text that says anything more is no keyword', () => {
  for (const text of [
    ...['cancel my order please', 'please stop', 'stop by the shop', 'I want to quit my contract', 'END of month?'],
    ...['help me', 'info about my bill', 'yes please', 'start tomorrow', 'unstoppable', 'weekend', 'STOP 2', 'STOP1'],
    ...['', '   ', '🛑', '...', `STOP${'!'.repeat(80)}`, 'non stop', 'STOP START'],
  ])
    assert.equal(keywordOf(text), null, text)
})

const facts: KeywordFacts = {
  text: '',
  providerKeyword: null,
  providerAnswers: false,
  optedOut: false,
  answeredLast: false,
  stoppedHere: false,
  answersWithinHour: 0,
}

const rows: readonly [string, Partial<KeywordFacts>, ReturnType<typeof decideKeyword>][] = [
  ['an ordinary text', { text: 'Hello' }, null],
  ['STOP is confirmed', { text: 'stop' }, { word: 'stop', answer: 'stopped' }],
  ['STOP said again is not', { text: 'stop', optedOut: true }, { word: 'stop', answer: null }],
  ['STOP that the provider answers is not', { text: 'stop', providerAnswers: true }, { word: 'stop', answer: null }],
  [
    'the provider’s own word goes before ours',
    { text: 'leave me', providerKeyword: 'stop', providerAnswers: true },
    { word: 'stop', answer: null },
  ],
  ['START undoes a STOP', { text: 'Start', optedOut: true }, { word: 'start', answer: 'resumed' }],
  [
    'START that the provider answers',
    { text: 'START', optedOut: true, providerAnswers: true },
    { word: 'start', answer: null },
  ],
  ['START of somebody who never stopped is a text', { text: 'Start' }, null],
  [
    'the provider’s START counts whatever we know',
    { text: 'START', providerKeyword: 'start', providerAnswers: true },
    { word: 'start', answer: null },
  ],
  ['YES is a text', { text: 'Yes' }, null],
  ['YES of somebody who stopped, and was not asked', { text: 'Yes', optedOut: true }, null],
  [
    'YES after our confirmation',
    { text: 'YES', optedOut: true, answeredLast: true },
    { word: 'start', answer: 'resumed' },
  ],
  [
    'YES that the provider takes for START',
    { text: 'yes', optedOut: true, providerAnswers: true, stoppedHere: true },
    { word: 'start', answer: null },
  ],
  ['YES where the provider knows of no opt-out', { text: 'yes', optedOut: true, providerAnswers: true }, null],
  ['YES where the provider answers nothing', { text: 'yes', optedOut: true, stoppedHere: true }, null],
  ['YES to an automatic answer without a stop', { text: 'yes', answeredLast: true }, null],
  ['HELP is answered', { text: 'HELP' }, { word: 'help', answer: 'help' }],
  ['HELP of somebody who stopped too', { text: 'help', optedOut: true }, { word: 'help', answer: 'help' }],
  ['HELP that the provider answers', { text: 'INFO', providerAnswers: true }, { word: 'help', answer: null }],
  ['the third answer within the hour', { text: 'HELP', answersWithinHour: 2 }, { word: 'help', answer: 'help' }],
  ['the fourth is silence', { text: 'HELP', answersWithinHour: 3 }, { word: 'help', answer: null }],
  ['a STOP counts all the same', { text: 'STOP', answersWithinHour: 3 }, { word: 'stop', answer: null }],
]

for (const [name, given, expected] of rows)
  test(`decides: ${name}`, () => assert.deepEqual(decideKeyword({ ...facts, ...given }), expected))

test('an automatic answer fits one text message, however long the brand’s name', () => {
  for (const answer of ['stopped', 'resumed', 'help'] as const) {
    const text = automaticAnswer(answer, 'X'.repeat(255))
    assert.ok(text.length <= 160, text)
    assert.match(text, answer === 'stopped' ? /START/ : /STOP/)
  }
})
