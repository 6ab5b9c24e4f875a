import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Database } from '../src/store/db.ts'

/**
 * Every column of every table, the queue's too, in which one of the needles stands: as text, within JSON, a list or a row,
 * or as the bytes of a file. A table that is made tomorrow is looked through without being named here.
 * @returns `table.column`, sorted.
 */
export async function whereInDatabase(db: Database, needles: readonly string[]): Promise<readonly string[]> {
  const columns = await db<{ schema: string; table: string; columns: string[] }[]>`
    select c.table_schema as schema, c.table_name as table, array_agg(c.column_name::text order by c.ordinal_position) as columns
    from information_schema.columns c
      join pg_class k on k.relname = c.table_name and k.relnamespace = c.table_schema::regnamespace
    where c.table_schema in ('public', 'graphile_worker') and k.relkind in ('r', 'p') and not k.relispartition
      and c.data_type in ('text', 'character varying', 'json', 'jsonb', 'bytea', 'ARRAY', 'USER-DEFINED')
    group by 1, 2 order by 1, 2`
  const patterns = needles.flatMap((needle) => [needle, Buffer.from(needle).toString('hex')]).map((one) => `%${one}%`)
  const found: string[] = []
  for (const { schema, table, columns: names } of columns) {
    const [row] = await db<Record<string, boolean | null>[]>`
      select ${names.map((name, at) => db`${at === 0 ? db`` : db`,`} bool_or(${db(name)}::text ilike any(${patterns})) as ${db(name)}`)}
      from ${db(schema)}.${db(table)}`
    for (const [name, holds] of Object.entries(row!)) if (holds === true) found.push(`${table}.${name}`)
  }
  return found.sort()
}

/** Every file of a folder and below in whose bytes or name one of the needles stands. */
export async function whereInFiles(folder: string, needles: readonly string[]): Promise<readonly string[]> {
  const found: string[] = []
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name)
    const bytes = entry.isFile() ? await readFile(path) : Buffer.alloc(0)
    if (needles.some((needle) => entry.name.includes(needle) || bytes.includes(needle))) found.push(path)
  }
  return found.sort()
}
