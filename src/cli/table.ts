/** Rows of words under headings, columns aligned; nothing but a sentence when there are none. */
export function table(headings: readonly string[], rows: readonly (readonly unknown[])[], none: string): string {
  if (rows.length === 0) return none
  const cells = [headings, ...rows.map((row) => row.map(word))]
  const widths = headings.map((_, column) => Math.max(...cells.map((row) => (row[column] ?? '').length)))
  return cells
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column]!))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

/** Names and values, one a line; things within a thing stand below, indented, one block each. */
export function list(pairs: readonly (readonly [name: string, value: unknown])[]): string {
  const plain = pairs.filter(([, value]) => !isThings(value))
  const width = Math.max(...plain.map(([name]) => name.length))
  const lines = plain.map(([name, value]) => `${name.padEnd(width)}  ${word(value)}`)
  const nested = pairs.flatMap(([name, value]) =>
    isThings(value) ? [`${name}\n${value.map((thing) => indented(list(Object.entries(thing)))).join('\n\n')}`] : [],
  )
  return [...(lines.length > 0 ? [lines.join('\n')] : []), ...nested].join('\n\n')
}

const isThings = (value: unknown): value is readonly object[] =>
  Array.isArray(value) && value.length > 0 && value.every((one) => typeof one === 'object' && one !== null)

const indented = (text: string): string => text.replace(/^(?=.)/gm, '  ')

function word(value: unknown): string {
  if (value === null || value === undefined || value === '') return '-'
  if (value === true) return 'yes'
  if (value === false) return 'no'
  if (Array.isArray(value)) return value.length === 0 ? '-' : value.map(word).join(', ')
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}
