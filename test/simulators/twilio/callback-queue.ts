import type { Faults } from './faults.ts'
import type { Message, MessageBook } from './message-book.ts'
import type { Webhooks } from './webhooks.ts'

/** One status to come. */
export interface ComingStatus {
  readonly status: string
  readonly errorCode: number | null
  readonly channelStatusMessage?: string
}

interface Step extends ComingStatus {
  readonly message: Message
  readonly authToken: string
  /** How many times the webhook is called; 0 for a callback that gets lost. */
  readonly calls: number
  readonly lateMs: number | null
}

export interface CallbackQueue {
  /** Puts a message's coming statuses into the queue; resolves at once, or after delivery when a fault says `before-answer`. */
  plan(message: Message, authToken: string, steps: readonly ComingStatus[]): Promise<void>
  /** With automatic callbacks: sets this message's going, once its create was answered. */
  start(message: Message): void
  /** Carries out the next `count` steps, in order. */
  advance(count: number): Promise<void>
  /** Carries out every step there is, late ones last. */
  drain(): Promise<void>
  readonly pending: number
  clear(): void
}

/** Statuses on their way from the phone to the resource and to the status callback. One step at a time, so that an order is an order. */
export function callbackQueue(parts: {
  readonly book: MessageBook
  readonly webhooks: Webhooks
  readonly faults: Faults
  readonly now: () => Date
  readonly auto: boolean
  readonly delayMs: number
}): CallbackQueue {
  let steps: Step[] = []
  let running: Promise<void> = Promise.resolve()
  const timers = new Set<NodeJS.Timeout>()

  const carryOut = async (step: Step): Promise<void> => {
    parts.book.climb(step.message, step.status, step.errorCode, parts.now())
    const url = step.message.entry.statusCallback
    if (url === null) return
    for (let call = 0; call < step.calls; call++)
      await parts.webhooks.post('status', url, callbackParams(step, parts.now()), step.authToken)
  }
  const next = (): Step | undefined => {
    const index = steps.findIndex((step) => step.lateMs === null)
    return steps.splice(index === -1 ? 0 : index, 1)[0]
  }
  const inTurn = (work: () => Promise<void>): Promise<void> => {
    running = running.then(work, work)
    return running
  }
  const after = (ms: number, work: () => void): void => {
    const timer = setTimeout(() => {
      timers.delete(timer)
      work()
    }, ms)
    timers.add(timer)
  }

  return {
    async plan(message, authToken, planned) {
      const facts = { to: message.entry.to, from: message.from ?? '', bodyIncludes: message.entry.body }
      const fault = parts.faults.take('webhook', facts)
      const calls = fault?.do === 'drop' ? 0 : fault?.do === 'double' ? 2 : 1
      const lateMs = fault?.do === 'late' ? (fault.ms ?? 1000) : null
      let own = planned.map((step): Step => ({ ...step, message, authToken, calls, lateMs }))
      if (fault?.do === 'shuffle') own = shuffled(own, fault.seed ?? 1)
      if (fault?.do === 'before-answer') {
        for (const step of own) await inTurn(() => carryOut(step))
      } else steps.push(...own)
    },
    start(message) {
      if (!parts.auto) return
      const due = steps.filter((step) => step.message === message)
      steps = steps.filter((step) => step.message !== message)
      due.forEach((step, index) => {
        after((step.lateMs ?? 0) + parts.delayMs * (index + 1), () => void inTurn(() => carryOut(step)))
      })
    },
    async advance(count) {
      for (let done = 0; done < count; done++) {
        const step = next()
        if (!step) return
        await inTurn(() => carryOut(step))
      }
    },
    async drain() {
      for (let step = next(); step; step = next()) {
        const current = step
        await inTurn(() => carryOut(current))
      }
      await running
    },
    get pending() {
      return steps.length + timers.size
    },
    clear() {
      steps = []
      for (const timer of timers) clearTimeout(timer)
      timers.clear()
    },
  }
}

const channelInstallSid = `XE${'7'.repeat(32)}`

function callbackParams(step: Step, now: Date): Record<string, string> {
  const { entry } = step.message
  const onWhatsapp = entry.to.startsWith('whatsapp:')
  const final = step.status === 'delivered' || step.status === 'undelivered'
  return {
    ApiVersion: '2010-04-01',
    AccountSid: entry.accountSid,
    MessageSid: entry.sid,
    MessageStatus: step.status,
    SmsSid: entry.sid,
    SmsStatus: step.status,
    From: step.message.from ?? '',
    To: entry.to,
    ...(entry.messagingServiceSid === null ? {} : { MessagingServiceSid: entry.messagingServiceSid }),
    ...(step.errorCode === null ? {} : { ErrorCode: String(step.errorCode) }),
    ...(onWhatsapp ? { ChannelPrefix: 'whatsapp', ChannelInstallSid: channelInstallSid } : {}),
    ...(onWhatsapp && step.status === 'read' ? { EventType: 'READ' } : {}),
    ...(step.channelStatusMessage === undefined ? {} : { ChannelStatusMessage: step.channelStatusMessage }),
    ...(final && !onWhatsapp ? { RawDlrDoneDate: now.toISOString().replace(/[-T:]/g, '').slice(2, 12) } : {}),
  }
}

/** Fisher and Yates with a small generator of its own; never the order it began with when there is another. */
function shuffled<T>(items: readonly T[], seed: number): T[] {
  const out = [...items]
  let state = seed >>> 0 || 1
  for (let last = out.length - 1; last > 0; last--) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    const pick = state % (last + 1)
    ;[out[last], out[pick]] = [out[pick]!, out[last]!]
  }
  return out.every((item, index) => item === items[index]) ? out.reverse() : out
}
