import type { SimulatedBusiness } from './options.ts'
import type { WebhookExtras, WebhookRecord, Webhooks } from './webhooks.ts'

type Fields = Readonly<Record<string, unknown>>

/** One change on its way to a webhook. */
export interface HookItem {
  readonly business: SimulatedBusiness
  /** Looked up when it leaves; undefined: nobody subscribed. */
  readonly url: () => string | undefined
  readonly field: string
  readonly value: Fields
  /** Behind everything that is not late. */
  readonly late: boolean
}

export interface HookQueue {
  plan(items: readonly HookItem[]): void
  /** With automatic callbacks: sets everything going that waits. */
  start(): void
  /** Posts one change now; put back when the answer is no 200, as Meta does for days. */
  post(item: HookItem, extras?: WebhookExtras): Promise<WebhookRecord | null>
  /** Posts the next `count` changes, each alone, in order. */
  advance(count: number): Promise<void>
  /** Posts every change there is once, late ones last. What was not answered with 200 waits for the next drain. */
  drain(): Promise<void>
  /** Posts all that wait for the same address in one request: an entry for each business account, and within it all changes. */
  drainTogether(): Promise<void>
  readonly pending: number
  clear(): void
}

export function hookQueue(parts: {
  readonly webhooks: Webhooks
  readonly auto: boolean
  readonly delayMs: number
}): HookQueue {
  let items: HookItem[] = []
  let running: Promise<unknown> = Promise.resolve()
  const timers = new Set<NodeJS.Timeout>()

  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const turn = running.then(work, work)
    running = turn.catch(() => {})
    return turn
  }
  const next = (): HookItem | undefined => {
    const index = items.findIndex((item) => !item.late)
    return items.splice(index === -1 ? 0 : index, 1)[0]
  }
  const deliver = async (group: readonly HookItem[], extras?: WebhookExtras): Promise<WebhookRecord | null> => {
    const [first] = group
    const url = first?.url()
    if (first === undefined || url === undefined) return null
    const record = await parts.webhooks.post(url, first.business, envelope(group), extras)
    if (record.status !== 200 && extras?.signature === undefined) repeat(group)
    return record
  }
  const repeat = (group: readonly HookItem[]): void => {
    items.push(...group)
    if (parts.auto) after(parts.delayMs * 10, group)
  }
  const after = (ms: number, group: readonly HookItem[]): void => {
    const timer = setTimeout(() => {
      timers.delete(timer)
      const due = group.filter((item) => items.includes(item))
      items = items.filter((item) => !due.includes(item))
      if (due.length > 0) void inTurn(() => deliver(due))
    }, ms)
    timers.add(timer)
  }

  return {
    plan: (more) => void items.push(...more),
    start() {
      if (!parts.auto) return
      for (const [index, item] of items.entries()) after(parts.delayMs * (index + 1), [item])
    },
    post: (item, extras) => inTurn(() => deliver([item], extras)),
    async advance(count) {
      for (let done = 0; done < count; done++) {
        const item = next()
        if (item === undefined) return
        await inTurn(() => deliver([item]))
      }
    },
    async drain() {
      const due: HookItem[] = []
      for (let item = next(); item; item = next()) due.push(item)
      for (const item of due) await inTurn(() => deliver([item]))
      await running
    },
    async drainTogether() {
      const byUrl = Map.groupBy(items, (item) => item.url())
      items = []
      for (const group of byUrl.values()) await inTurn(() => deliver(group))
    },
    get pending() {
      return items.length
    },
    clear() {
      items = []
      for (const timer of timers) clearTimeout(timer)
      timers.clear()
    },
  }
}

function envelope(group: readonly HookItem[]): Fields {
  const byBusiness = Map.groupBy(group, (item) => item.business.wabaId)
  const entry = [...byBusiness].map(([id, items]) => ({
    id,
    changes: items.map(({ field, value }) => ({ value, field })),
  }))
  return { object: 'whatsapp_business_account', entry }
}
