/** The database's own name of an error (SQLSTATE, five characters); empty for an error that has none. */
export function sqlState(error: unknown): string {
  const { code } = (error ?? {}) as { code?: unknown }
  return typeof code === 'string' ? code : ''
}
