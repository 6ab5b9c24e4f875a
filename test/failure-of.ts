import assert from 'node:assert/strict'
import { SendFailure } from '../src/channels/failures.ts'

/** How a send failed. @throws AssertionError when it did not, or ended with anything else. */
export async function failureOf(sent: Promise<unknown>): Promise<SendFailure> {
  const error = await sent.then(
    () => assert.fail('It was sent.'),
    (error: unknown) => error,
  )
  assert.ok(error instanceof SendFailure, String(error))
  return error
}
