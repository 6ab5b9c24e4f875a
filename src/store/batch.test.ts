import assert from 'node:assert/strict'
import { test } from 'node:test'
import { batch, Unanswered } from './batch.ts'

const limits = { most: 100, patienceMs: 60_000 }

/** A statement that is answered when the test says so. */
function heldRun() {
  const runs: { inputs: readonly number[]; answer(): void; fail(error: unknown): void }[] = []
  const run = (inputs: readonly number[]) =>
    new Promise<number[]>((resolve, reject) => {
      runs.push({ inputs, answer: () => resolve(inputs.map((input) => input * 10)), fail: reject })
    })
  return { runs, run }
}

const ticks = async (count = 3) => {
  for (let tick = 0; tick < count; tick++) await new Promise((resolve) => setImmediate(resolve))
}

test('inputs of one tick share a statement, and each gets its own output', async () => {
  const seen: number[][] = []
  const add = batch(async (inputs: readonly number[]) => {
    seen.push([...inputs])
    return inputs.map((input) => input * 10)
  }, limits)
  assert.deepEqual(await Promise.all([1, 2, 3].map(add)), [10, 20, 30])
  assert.deepEqual(seen, [[1, 2, 3]])
})

test('while a statement is under way the next inputs gather, at most so many', async () => {
  const { runs, run } = heldRun()
  const add = batch(run, { ...limits, most: 2 })
  const first = add(1)
  await ticks()
  const others = [2, 3, 4].map(add)
  await ticks()
  assert.equal(runs.length, 1)
  runs[0]!.answer()
  assert.equal(await first, 10)
  await ticks()
  assert.deepEqual(runs[1]!.inputs, [2, 3])
  runs[1]!.answer()
  await ticks()
  assert.deepEqual(runs[2]!.inputs, [4])
  runs[2]!.answer()
  assert.deepEqual(await Promise.all(others), [20, 30, 40])
})

test('as many statements as allowed are under way at once', async () => {
  const { runs, run } = heldRun()
  const add = batch(run, { ...limits, most: 2, atOnce: 2 })
  const all = [1, 2, 3, 4, 5].map(add)
  await ticks()
  assert.deepEqual(
    runs.map(({ inputs }) => inputs),
    [
      [1, 2],
      [3, 4],
    ],
  )
  runs[1]!.answer()
  assert.deepEqual(await Promise.all(all.slice(2, 4)), [30, 40])
  await ticks()
  assert.deepEqual(runs[2]!.inputs, [5])
  runs[0]!.answer()
  runs[2]!.answer()
  assert.deepEqual(await Promise.all(all), [10, 20, 30, 40, 50])
})

test('one poisoned input fails by itself', async () => {
  const poisoned = Object.assign(new Error('invalid byte sequence'), { code: '22021' })
  const add = batch(async (inputs: readonly number[]) => {
    if (inputs.includes(4)) throw poisoned
    return inputs.map((input) => input * 10)
  }, limits)
  const outcomes = await Promise.allSettled([1, 2, 3, 4, 5, 6, 7].map(add))
  assert.deepEqual(
    outcomes.map((outcome) => (outcome.status === 'fulfilled' ? outcome.value : outcome.reason)),
    [10, 20, 30, poisoned, 50, 60, 70],
  )
})

test("an error that is nobody's data is everybody's, and nothing is repeated", async () => {
  const { runs, run } = heldRun()
  const add = batch(run, limits)
  const both = Promise.allSettled([add(1), add(2)])
  await ticks()
  const away = Object.assign(new Error('terminating connection'), { code: '57P01' })
  runs[0]!.fail(away)
  assert.deepEqual(
    (await both).map((outcome) => (outcome as PromiseRejectedResult).reason),
    [away, away],
  )
  assert.equal(runs.length, 1)
})

test('a statement without an answer is given up, what waits behind it never runs, and later inputs do', async () => {
  const { runs, run } = heldRun()
  const add = batch(run, { most: 100, patienceMs: 100 })
  const stuck = assert.rejects(add(1), Unanswered)
  await ticks()
  const behind = assert.rejects(add(2), Unanswered)
  await Promise.all([stuck, behind])
  const later = add(3)
  while (runs.length < 2) await ticks(1)
  assert.deepEqual(
    runs.map((statement) => statement.inputs),
    [[1], [3]],
  )
  runs[1]!.answer()
  assert.equal(await later, 30)
  runs[0]!.answer()
})

test('a database that never answers is not asked without end', async () => {
  const { runs, run } = heldRun()
  const add = batch(run, { most: 100, patienceMs: 100 })
  for (let input = 0; input < 5; input++) await assert.rejects(add(input), Unanswered)
  assert.equal(runs.length, 3)
  const last = add(9)
  for (const statement of runs) statement.answer()
  while (runs.length < 4) await ticks(1)
  runs[3]!.answer()
  assert.equal(await last, 90)
})
