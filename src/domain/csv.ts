/** A phone number begins with a plus and is still no formula: a spreadsheet makes a number of it and runs nothing. */
const phoneNumber = /^\+[0-9]{1,15}$/
/** With these a spreadsheet takes a cell for a formula, and a formula can fetch and tell (CSV injection). */
const formulaStart = /^[\s\0]*[=+\-@\t\r\n|]/

/**
 * One line of a CSV file (RFC 4180), every cell quoted, none of them a formula: what looks like one gets an apostrophe in
 * front, which spreadsheets hide.
 */
export function csvLine(cells: readonly (string | null)[]): string {
  return `${cells.map((cell) => `"${harmless(cell ?? '').replaceAll('"', '""')}"`).join(',')}\r\n`
}

function harmless(cell: string): string {
  return formulaStart.test(cell) && !phoneNumber.test(cell) ? `'${cell}` : cell
}
