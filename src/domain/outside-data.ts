/** An object of somebody else's JSON, as opposed to null, a list or a scalar. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Whether PostgreSQL can keep this text as it is: it knows no NUL (SQLSTATE 22021) and no lone surrogates (22P02). */
export function isStorable(text: string): boolean {
  return text.isWellFormed() && !text.includes('\0')
}
