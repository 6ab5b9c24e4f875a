import assert from 'node:assert/strict'
import test from 'node:test'
import { always, commands } from './commands.ts'

test('no command has an option of the name of one that every command knows: it would never get its value', () => {
  const taken = commands.flatMap(({ name, options }) =>
    Object.keys(options ?? {})
      .filter((option) => option in always)
      .map((option) => `${name} --${option}`),
  )
  assert.deepEqual(taken, [])
})
