import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Channel } from './channel.ts'
import { type VariantCount, variantReport, wilson } from './variant-report.ts'

const count = (variant: string, sent: number, replied: number, more: Partial<VariantCount> = {}): VariantCount => ({
  ...{ channel: 'sms', variant, text: `Text ${variant}`, weight: 1, sent, replied },
  ...more,
})
const kindOf = (...counts: readonly VariantCount[]) => variantReport(counts).verdicts[0]?.kind
const near = (actual: number, wanted: number) =>
  assert.ok(Math.abs(actual - wanted) < 5e-5, `${actual} is not ${wanted}`)

test('Wilson’s interval is that of the textbook', () => {
  // Newcombe 1998, table I, without correction for continuity.
  for (const [hits, tries, low, high] of [
    [81, 263, 0.2553, 0.3662],
    [15, 148, 0.0624, 0.1605],
    [0, 20, 0, 0.1611],
    [1, 29, 0.0061, 0.1718],
  ] as const) {
    const interval = wilson(hits, tries)
    near(interval.low, low)
    near(interval.high, high)
  }
  assert.deepEqual(wilson(0, 0), { low: 0, high: 1 })
})

test('the rate lies in its interval, which narrows with more data', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 100_000 }), fc.nat(), (tries, part) => {
      const hits = part % (tries + 1)
      const { low, high } = wilson(hits, tries)
      assert.ok(0 <= low && low <= hits / tries && hits / tries <= high && high <= 1)
      const more = wilson(hits * 4, tries * 4)
      assert.ok(more.high - more.low < high - low)
    }),
  )
})

test('with few invites it says how many more are about needed, and that number suffices', () => {
  const { verdicts, verdict, variants } = variantReport([count('A', 100, 21), count('B', 120, 30)])
  assert.equal(verdicts[0]!.kind, 'not-enough-data')
  assert.match(verdict, /^Not enough data yet: about 1,\d00 more invites with each variant are needed/)
  assert.deepEqual(
    variants.map(({ enough }) => enough),
    [false, false],
  )
  // Two proportions of 20.9 % and 25.9 % around the common rate, 5 % and 80 %: the textbook's formula says 1,111 each.
  const [a, b] = variants.map(({ sent, more }) => sent + more)
  assert.equal(a, b)
  assert.ok(a! > 1_050 && a! < 1_200, `${a}`)
  const complete = variantReport([
    count('A', a! + 20, Math.round(a! * 0.23)),
    count('B', b! + 20, Math.round(b! * 0.235)),
  ])
  assert.equal(complete.verdicts[0]!.kind, 'no-difference')
  assert.ok(complete.variants.every(({ enough, more }) => enough && more === 0))
})

test('nothing sent is not enough, and no division by nothing', () => {
  const { variants, verdict } = variantReport([count('A', 0, 0), count('B', 0, 0)])
  assert.match(verdict, /^Not enough data yet/)
  assert.deepEqual(
    variants.map(({ rate, low, high }) => ({ rate, low, high })),
    Array(2).fill({ rate: null, low: 0, high: 1 }),
  )
  assert.equal(kindOf(count('A', 5_000, 0), count('B', 5_000, 0)), 'no-difference')
  assert.equal(kindOf(count('A', 5_000, 5_000), count('B', 5_000, 5_000)), 'no-difference')
})

test('one replies better when that is hardly chance; before enough is known, only when it is hardly imaginable', () => {
  assert.equal(kindOf(count('A', 2_000, 400), count('B', 2_000, 480)), 'better')
  const early = {
    z3: kindOf(count('A', 200, 40), count('B', 200, 62)),
    z5: kindOf(count('A', 200, 40), count('B', 200, 90)),
  }
  assert.deepEqual(early, { z3: 'not-enough-data', z5: 'better' })
  const { verdicts, verdict } = variantReport([count('short', 2_000, 400), count('polite', 2_000, 480)])
  assert.equal(verdicts[0]!.better, 'polite')
  assert.equal(verdict, '“polite” gets more replies: 24.0 % against 20.0 % of “short”.')
  assert.equal(kindOf(count('A', 20, 0), count('B', 20, 20)), 'not-enough-data', 'a handful proves nothing')
})

test('the best of three must beat both, and more comparisons ask for more', () => {
  const two = [count('A', 1_500, 300), count('B', 1_500, 346)]
  assert.equal(kindOf(...two), 'better')
  assert.equal(kindOf(...two, count('C', 1_500, 344)), 'no-difference')
  const { verdict } = variantReport([count('A', 2_000, 200), count('B', 2_000, 400), count('C', 2_000, 404)])
  assert.match(verdict, /^No difference seen between “B”, “C” \(“A” behind\): one of 5 percentage points/)
  const more = (counts: readonly VariantCount[]) => variantReport(counts).variants[0]!.more
  const few = [count('A', 150, 30), count('B', 150, 34)]
  assert.ok(more([...few, count('C', 150, 30)]) > more(few))
})

test('variants that the handoff no longer has are shown and judge nothing; channels are judged apart', () => {
  const gone = { weight: null, text: null }
  const rows = [count('A', 900, 90), count('old', 900, 500, gone), count('B', 900, 95)]
  const { variants, verdicts } = variantReport(rows)
  assert.equal(variants.length, 3)
  assert.equal(verdicts[0]!.kind, variantReport([rows[0]!, rows[2]!]).verdicts[0]!.kind)
  assert.deepEqual(variantReport([count('A', 10, 1), count('old', 10, 1, gone)]).verdicts, [])
  const onWhatsApp = { channel: 'wa' as Channel }
  const both = variantReport([...rows, count('A', 3_000, 300, onWhatsApp), count('B', 3_000, 900, onWhatsApp)])
  assert.match(both.verdict, /^SMS: .* WhatsApp: “B” gets more replies/)
})

test('equal texts are called better in few of many trials, however often one looks', () => {
  // A generator of its own, so that the same trials are made each time.
  let state = 7
  const chance = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
  let wrong = 0
  for (let trial = 0; trial < 60; trial += 1) {
    const replied = { A: 0, B: 0 }
    for (let sent = 1; sent <= 1_000; sent += 1) {
      for (const name of ['A', 'B'] as const) if (chance() < 0.3) replied[name] += 1
      if (sent % 50 === 0 && kindOf(count('A', sent, replied.A), count('B', sent, replied.B)) === 'better') {
        wrong += 1
        break
      }
    }
  }
  assert.ok(wrong <= 3, `${wrong} of 60 trials`)
})
