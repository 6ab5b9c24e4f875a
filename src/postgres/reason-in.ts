/** The line that says why a program of PostgreSQL ended, out of everything it said: what follows only tidies up. */
export function reasonIn(said: string): string {
  const lines = said.trim().split('\n')
  const worst = lines.find((line) => /FATAL|PANIC|error while loading|error:|No space/.test(line)) ?? lines.at(-1) ?? ''
  return worst.replace(/^.*?(FATAL|PANIC|initdb: error):\s*/, '').trim() || 'it ended without a word'
}
