/** A column of many rows that travel in one statement: PostgreSQL's name and type for it, and how a row fills it. */
export interface ArrayColumn<T> {
  readonly name: string
  readonly type: string
  /** Null: the column is null. */
  of(row: T): string | number | boolean | null
}

/**
 * `unnest(…) as name (columns)` over one array parameter a column, from `$1` on. For rows of 18 columns PostgreSQL reads
 * these in a third of the time that it takes for the same rows as JSON (7 µs a row against 20).
 */
export function unnested(columns: readonly ArrayColumn<never>[], name: string): string {
  const parameters = columns.map(({ type }, index) => `$${index + 1}::${type}[]`)
  return `unnest(${parameters.join(', ')}) as ${name} (${columns.map((column) => column.name).join(', ')})`
}

/** The parameters of `unnested`, a text each: the driver's own serialisers for arrays cost several times as much. */
export function arrayParameters<T>(columns: readonly ArrayColumn<T>[], rows: readonly T[]): string[] {
  return columns.map((column) => {
    let text = '{'
    for (let index = 0; index < rows.length; index += 1) {
      if (index > 0) text += ','
      text += itemText(column.of(rows[index]!))
    }
    return `${text}}`
  })
}

/** A list as PostgreSQL reads an array. @throws TypeError for an item that is none of these. */
export function arrayText(list: readonly (string | number | boolean | Date | null)[] | string): string {
  return typeof list === 'string' ? list : `{${list.map(itemText).join(',')}}`
}

function itemText(value: string | number | boolean | Date | null): string {
  if (typeof value === 'string') return quoted(value)
  if (value === null) return 'NULL'
  if (value instanceof Date) return quoted(value.toISOString())
  if (value === undefined || typeof value === 'object') throw new TypeError('An item of an array is no plain value.')
  return String(value)
}

/** PostgreSQL manual section 8.15.6: within double quotes only the quote and the backslash mean anything. */
const quoted = (text: string) => `"${/["\\]/.test(text) ? text.replace(/["\\]/g, '\\$&') : text}"`
