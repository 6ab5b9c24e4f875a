import { type Message, messageResource } from './message-book.ts'
import type { World } from './world.ts'

/** One page of the account's messages, newest first. As with Twilio, a message without a date of sending fits no `DateSent` filter. */
export function listMessages(
  world: World,
  accountSid: string,
  query: URLSearchParams,
): Readonly<Record<string, unknown>> {
  const size = Number(query.get('PageSize') ?? 50)
  const page = Number(query.get('Page') ?? 0)
  const fitting = world.book.of(accountSid).filter((message) => fits(message, query))
  const shown = fitting.slice(page * size, (page + 1) * size)
  const address = (index: number): string => {
    const fields = new URLSearchParams(query)
    fields.set('PageSize', String(size))
    fields.set('Page', String(index))
    return `/2010-04-01/Accounts/${accountSid}/Messages.json?${fields}`
  }
  return {
    messages: shown.map((message) => messageResource(message, world.now())),
    page,
    page_size: size,
    start: page * size,
    end: page * size + Math.max(shown.length - 1, 0),
    uri: address(page),
    first_page_uri: address(0),
    previous_page_uri: page === 0 ? null : address(page - 1),
    next_page_uri: (page + 1) * size < fitting.length ? address(page + 1) : null,
  }
}

function fits(message: Message, query: URLSearchParams): boolean {
  const to = query.get('To')
  const from = query.get('From')
  if ((to !== null && message.entry.to !== to) || (from !== null && message.from !== from)) return false
  const sent = message.dateSent?.getTime() ?? Number.NaN
  const bound = (name: string): number | null => (query.has(name) ? Date.parse(query.get(name)!) : null)
  const [since, until, on] = [bound('DateSent>'), bound('DateSent<'), bound('DateSent')]
  if (since !== null && !(sent >= since)) return false
  if (until !== null && !(sent <= until)) return false
  return on === null || (sent >= on && sent < on + 86_400_000)
}
