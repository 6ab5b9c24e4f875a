import { ApiFailure } from '../api.ts'

/** What a person may read of a failure, on one line: what happened, and what is wrong in plain words. */
export function sentenceOf(error: unknown): string {
  if (error instanceof ApiFailure) return [error.message, ...error.details].join('. ').replaceAll('..', '.')
  return error instanceof Error ? error.message : String(error)
}
