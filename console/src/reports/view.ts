import { useMemo } from 'react'
import { useUrlFilters } from '../ui/use-url-filters.ts'
import { noGroup } from './group-words.ts'
import {
  type CompareName,
  comparedSpanOf,
  compareWords,
  type DaySpan,
  daysOf,
  type SpanName,
  spanOf,
  spanWords,
} from './spans.ts'
import { isZone } from './zone-days.ts'

/** What calls can be narrowed to: the name in the address and in the request, and by what groups are told apart. */
export const filterNames = {
  channels: 'channel',
  skills: 'skill',
  handoffs: 'handoff',
  ivrNumbers: 'ivrNumber',
  senders: 'sender',
  countries: 'country',
  templates: 'template',
  variants: 'variant',
  reasons: 'reason',
} as const
export type FilterName = keyof typeof filterNames

/**
 * The whole page in its address: who opens the link sees the same. Nothing here is of a consumer: the numbers in
 * `ivrNumbers` are the brand's own.
 */
const defaults = {
  span: '7d',
  from: '',
  to: '',
  zone: '',
  compare: 'none',
  compareFrom: '',
  channels: '',
  skills: '',
  handoffs: '',
  ivrNumbers: '',
  senders: '',
  countries: '',
  templates: '',
  variants: '',
  reasons: '',
  /** What the breakdown is by, and its order. */
  by: 'channel',
  sort: '-attempted',
  /** What the week's map shows. */
  map: 'attempted',
  /** The handoff whose texts are compared. */
  texts: '',
  /** Charts that are shown as tables, by their names. */
  tables: '',
  /** The calls that are open beside the page; see `calls-of.ts`. */
  calls: '',
}
export type Address = typeof defaults

const viewerZone = new Intl.DateTimeFormat().resolvedOptions().timeZone

export interface View {
  readonly span: SpanName
  readonly days: DaySpan | null
  readonly zone: string
  readonly compare: CompareName
  readonly compareFrom: string
  readonly filters: { readonly [Name in FilterName]?: readonly string[] }
  /** Whether the span holds the present moment, so that its numbers still change. */
  readonly moving: boolean
}

/** The page's address as typed values, and how to change it. */
export function useView(): { view: View; address: Address; go(change: Partial<Address>): void } {
  const [address, go] = useUrlFilters(defaults)
  const view = useMemo(() => viewOf(address, Date.now()), [address])
  return { view, address, go }
}

export function viewOf(address: Address, now: number): View {
  const zone = isZone(address.zone) ? address.zone : viewerZone
  const span = address.span in spanWords ? (address.span as SpanName) : '7d'
  const days = daysOf(span, { first: address.from, last: address.to }, now, zone)
  const filters = Object.keys(filterNames).flatMap((name) => {
    const values = listOf(address[name as FilterName])
    return values.length === 0 ? [] : [[name, values] as const]
  })
  return {
    span,
    days,
    zone,
    compare: address.compare in compareWords ? (address.compare as CompareName) : 'none',
    compareFrom: address.compareFrom,
    filters: Object.fromEntries(filters),
    moving: days === null || spanOf(days, now, zone).to > now,
  }
}

/** Values in the address: between commas, each escaped, since a text's name may hold one. */
export const listOf = (text: string): readonly string[] =>
  text === '' ? [] : text.split(',').map((one) => one.replace(/%(2C|25)/gi, decodeURIComponent))
export const listText = (values: readonly string[]): string =>
  values.map((one) => one.replace(/[%,]/g, (sign) => encodeURIComponent(sign))).join(',')

/** What every request about the view says: its window, its zone, its filters. Worked out when it is asked, since time goes on. */
export function windowOf({ days, zone, filters }: View, now: number) {
  const { from, to } = spanOf(days, now, zone)
  return {
    from: new Date(from).toISOString(),
    to: new Date(to).toISOString(),
    timeZone: zone,
    ...(Object.keys(filters).length === 0 ? {} : { filters: filtersOf(filters) }),
  }
}

const filtersOf = (filters: View['filters']) =>
  Object.fromEntries(
    Object.entries(filters).map(([name, ids]) => [name, ids.map((id) => (id === noGroup ? null : id))]),
  )

/** The other window, when two are compared. */
export function comparedOf({ compare, compareFrom, days, zone }: View, now: number) {
  const span = comparedSpanOf(compare, compareFrom, days, now, zone)
  return span === null
    ? {}
    : { compareWith: { from: new Date(span.from).toISOString(), to: new Date(span.to).toISOString() } }
}

/**
 * The address with its days and its zone said outright, for a link: who opens it tomorrow and elsewhere sees the same
 * numbers. Live stays live.
 */
export function lastingAddress(address: Address, view: View): Partial<Address> {
  if (view.days === null) return { ...address, zone: view.zone }
  return { ...address, zone: view.zone, span: 'days', from: view.days.first, to: view.days.last }
}
