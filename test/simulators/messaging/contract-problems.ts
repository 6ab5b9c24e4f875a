import type { ErrorObject, ValidateFunction } from 'ajv'

/** What in a value is not as a provider's description has it, in words; empty: nothing. Names fields, never their values. */
export function contractProblems(place: string, validate: ValidateFunction, value: unknown): string[] {
  if (validate(value)) return []
  return (validate.errors ?? []).map((error: ErrorObject) => {
    const extra = error.params as { additionalProperty?: string }
    const name = extra.additionalProperty ? ` (${extra.additionalProperty})` : ''
    return `${place}${error.instancePath} ${error.message ?? 'is wrong'}${name}`
  })
}
