import type postgres from 'postgres'
import { parse } from 'postgres-array'
import { arrayText } from './array-columns.ts'

/** How one item of an array is read; the text as it is where nothing else is said. */
type ReadItem = (text: string) => unknown

const readTime: ReadItem = (text) => new Date(text)

/**
 * PostgreSQL's everyday types, with the number of each one's array, which never changes (`pg_type.dat`). A statement may mean
 * one without saying so (`smallint_column = any(${[1, 2]})`), so there are more than are written anywhere.
 */
const items: Readonly<Record<string, readonly [arrayType: number, read?: ReadItem]>> = {
  json: [199, JSON.parse],
  boolean: [1000, (text) => text === 't'],
  bytea: [1001, (text) => Buffer.from(text.slice(2), 'hex')],
  name: [1003],
  smallint: [1005, Number],
  integer: [1007, Number],
  text: [1009],
  character: [1014],
  'character varying': [1015],
  bigint: [1016],
  real: [1021, Number],
  'double precision': [1022, Number],
  oid: [1028, Number],
  'timestamp without time zone': [1115, readTime],
  date: [1182, readTime],
  'timestamp with time zone': [1185, readTime],
  interval: [1187],
  numeric: [1231],
  uuid: [2951],
  jsonb: [3807, JSON.parse],
}

/** Names of the types whose arrays are known, as `format_type` writes them. */
export const knownItems: ReadonlySet<string> = new Set(Object.keys(items))

/**
 * Arrays for the driver's option `types`. By itself it asks the database on each new connection for those that there are, one
 * for each table and partition (400): 11 ms before the first statement, 2 of them this process's, and 1.9 MB that stay in a
 * server under load. And it takes a null in an array for the text `NULL` (3.4.9).
 */
export const arrayTypes: Readonly<Record<string, postgres.PostgresType>> = Object.fromEntries(
  Object.entries(items).map(([name, [arrayType, read = String]]) => [
    `array of ${name}`,
    { to: arrayType, from: [arrayType], serialize: arrayText, parse: (text: string) => parse(text, read) },
  ]),
)
