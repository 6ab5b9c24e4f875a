import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { chooseVariant, type Variant, variantFaults, variantLimits } from './variant.ts'

const names = ['short', 'polite', 'question', 'with name', 'link']
const variants = fc.uniqueArray(
  fc.record({ name: fc.constantFrom(...names), weight: fc.integer({ min: 1, max: 1_000 }) }),
  { selector: ({ name }) => name, minLength: 2 },
)
const consumer = fc.integer({ min: 0, max: 9_999_999 }).map((n) => `+1206${String(n).padStart(7, '0')}`)
const handoffId = 'H000000000000001'
const nameFor = (phone: string, among: readonly Variant[]) => chooseVariant(handoffId, phone, among)!.name

test('a consumer keeps the variant, in whatever order they stand', () => {
  fc.assert(
    fc.property(consumer, variants, (phone, among) => {
      const chosen = nameFor(phone, among)
      assert.equal(nameFor(phone, [...among]), chosen)
      assert.equal(nameFor(phone, among.toReversed()), chosen)
      assert.ok(among.some(({ name }) => name === chosen))
    }),
  )
})

test('more weight draws consumers to that variant and moves nobody else; less sends away its own alone', () => {
  fc.assert(
    fc.property(consumer, variants, fc.nat(), fc.integer({ min: 1, max: 1_000 }), (phone, among, which, weight) => {
      const index = which % among.length
      const changed = among[index]!
      const before = nameFor(phone, among)
      const after = nameFor(phone, among.with(index, { ...changed, weight }))
      if (weight >= changed.weight) assert.ok(after === before || after === changed.name)
      else assert.ok(after === before || before === changed.name)
    }),
  )
})

test('a variant that comes or goes leaves the consumers of the others where they are', () => {
  fc.assert(
    fc.property(consumer, variants, fc.nat(), (phone, among, which) => {
      const gone = among[which % among.length]!
      const rest = among.filter((one) => one !== gone)
      const [all, without] = [nameFor(phone, among), nameFor(phone, rest)]
      assert.ok(all === gone.name || all === without)
    }),
  )
})

test('variants get consumers by their weights, and each handoff in a way of its own', () => {
  const among = [
    { name: 'A', weight: 3 },
    { name: 'B', weight: 1 },
  ]
  const phones = Array.from({ length: 6_000 }, (_, n) => `+1206${String(5_550_000 + n)}`)
  const share = phones.filter((phone) => nameFor(phone, among) === 'A').length / phones.length
  // Five standard deviations of so many draws.
  assert.ok(Math.abs(share - 0.75) < 0.028, `A got ${share}`)
  const even = among.map(({ name }) => ({ name, weight: 1 }))
  const alike = phones.filter(
    (phone) => nameFor(phone, even) === chooseVariant('H000000000000002', phone, even)!.name,
  ).length
  assert.ok(Math.abs(alike / phones.length - 0.5) < 0.0323, `${alike} are alike in both handoffs`)
})

test('the choice is the same in every version of this server', () => {
  const among = ['A', 'B', 'C'].map((name) => ({ name, weight: 10 }))
  const chosen = Array.from({ length: 12 }, (_, n) => nameFor(`+120655501${String(n).padStart(2, '0')}`, among))
  assert.equal(chosen.join(''), 'ABBCCCACCBAC')
})

test('nothing to choose from is nothing chosen', () => {
  assert.equal(chooseVariant(handoffId, '+12065550100', []), null)
})

test('names, weights and number of variants are judged in sentences', () => {
  const two = [
    { name: 'A', weight: 1 },
    { name: 'B', weight: 1_000 },
  ]
  assert.deepEqual(variantFaults('SMS', []), [])
  assert.deepEqual(variantFaults('SMS', two), [])
  assert.deepEqual(variantFaults('SMS', two.slice(1)), ['SMS has 2 to 10 variants, or none.'])
  const many = Array.from({ length: variantLimits.most + 1 }, (_, n) => ({ name: `N${n}`, weight: 1 }))
  assert.deepEqual(variantFaults('SMS', many), ['SMS has 2 to 10 variants, or none.'])
  assert.deepEqual(variantFaults('SMS', [two[0]!, two[0]!]), ['Each variant of SMS needs a name of its own.'])
  for (const name of ['', ' A', 'A ', 'x'.repeat(65), '\ud800'])
    assert.deepEqual(variantFaults('SMS', [two[0]!, { name, weight: 1 }]), [
      "A variant's name has 1 to 64 characters and no space at its ends.",
    ])
  for (const weight of [0, 1_001, 1.5, Number.NaN])
    assert.deepEqual(variantFaults('SMS', [two[0]!, { name: 'B', weight }]), [
      'The weight of the variant "B" must be a whole number from 1 to 1000.',
    ])
})
