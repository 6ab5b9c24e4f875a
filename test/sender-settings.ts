import assert from 'node:assert/strict'
import type { TObject } from 'typebox'

/** Changes to good settings, the words that tell what is wrong, and the address where that is what is wrong. */
export type Mistake = readonly [changes: Readonly<Record<string, unknown>>, expected: RegExp, address?: string]

/**
 * Each mistake is told in one sentence that names it and holds no secret.
 * @param check what is wrong with good settings when these are changed.
 */
export function assertMistakesTold(
  check: (changes: Readonly<Record<string, unknown>>, address?: string) => readonly string[],
  mistakes: readonly Mistake[],
): void {
  for (const [changes, expected, address] of mistakes) {
    const problems = check(changes, address)
    assert.equal(problems.length, 1, `${JSON.stringify(changes)} ${problems.join(' ')}`)
    assert.match(problems[0]!, expected)
    assert.doesNotMatch(problems[0]!, /s3cret|PRIVATE/)
  }
}

/** Names of the settings that are stored encrypted and never shown again. */
export function secretNames(settings: TObject): readonly string[] {
  return Object.entries(settings.properties).flatMap(([name, field]) =>
    (field as { secret?: boolean }).secret ? [name] : [],
  )
}
