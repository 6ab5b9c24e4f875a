import { readFileSync } from 'node:fs'

/** A report's statement, of one file or of several that follow each other; without the comments, which the database need not read. */
export function readSql(...names: readonly string[]): string {
  return names.map((name) => readFileSync(new URL(name, import.meta.url), 'utf8').replace(/^ *--.*\n/gm, '')).join('')
}
