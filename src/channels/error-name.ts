/** A code or class name only: messages of network errors hold addresses, and those of parsers hold pieces of the answer. */
export function errorName(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown error'
  const code = (error as { code?: unknown }).code
  return typeof code === 'string' ? code : error.name
}
