import { Inbox } from './inbox.js'
import { dropKept, readKept, writeKept } from './kept.js'
import { subscribe } from './push.js'
import { ask, backoffMs, passes, pause, Refused } from './requests.js'
import { listen } from './stream.js'

export { Refused }

/** Tries of one message before it is shown as failed, for the consumer to send it again. */
const mostTries = 5
/** A key a moment; the server shows typing for six seconds. */
const typingEveryMs = 3_000

/** See `index.d.ts` and the README. */
export function inApp(options) {
  const { server = location.origin, account, app, getConsumerToken, serviceWorker = '/service-worker.js' } = options
  const kept = 'registration'
  const listeners = new Map()
  let inbox = new Inbox()
  let registration = null
  let listening = null
  let earlier = null
  let typedAt = 0
  let state = 'closed'

  const emit = (event, detail) => {
    for (const listener of listeners.get(event) ?? []) listener(detail)
  }
  const changed = () => emit('change', inbox.messages)
  const setState = (next) => {
    if (state === next) return
    state = next
    emit('state', state)
  }
  const asDevice = (method, path, body) => {
    if (registration === null) throw new Error('register() first')
    return ask(server, method, path, { token: registration.deviceToken, body })
  }
  const signedOut = async () => {
    await close()
    registration = null
    await dropKept(kept)
    setState('signed-out')
  }

  const report = (status) => {
    const messageIds = inbox.owed(status)
    if (messageIds.length === 0 || registration === null) return Promise.resolve()
    // What does not arrive now is owed still, and goes with the next.
    return asDevice('POST', 'receipts', { messageIds: messageIds.slice(-100), status }).catch(() => {})
  }

  const take = (message) => {
    const before = inbox.put(message)
    changed()
    if (message.from === 'brand' && message.status === 'sent') void report('delivered')
    if (before === undefined && message.kind === 'invite') emit('invite', message)
    else if (before === undefined && message.from === 'brand') emit('message', message)
  }

  async function restore() {
    const known = registration ?? (await readKept(kept).catch(() => undefined))
    registration = known?.account === account && known.app === app && known.server === server ? known : null
    return registration !== null
  }

  async function register(how = {}) {
    const push = how.push ?? (await subscribe({ server, account, app, serviceWorker, scope: options.scope }))
    if (push === null) return false
    const token = await getConsumerToken()
    const before = (await readKept(kept).catch(() => undefined)) ?? registration
    const { deviceId, deviceToken } = await ask(server, 'POST', 'registrations', { token, body: push })
    await close()
    inbox = new Inbox()
    const { platform } = push
    registration = { server, account, app, platform, deviceId, deviceToken, chatUrl: options.chatUrl ?? location.href }
    await writeKept(kept, registration)
    // A browser is one device: what it was before, on another push service or of another consumer, rings no more.
    if (before != null && before.deviceId !== deviceId)
      await ask(before.server, 'DELETE', 'registration?mode=all', { token: before.deviceToken }).catch(() => {})
    return true
  }

  async function open() {
    if (listening !== null) return
    if (!(await restore())) throw new Error('register() first')
    const controller = new AbortController()
    listening = controller
    setState('connecting')
    for (let tries = 1; !controller.signal.aborted; tries++) {
      try {
        const page = await asDevice('GET', 'messages')
        earlier = page.earlier
        for (const message of page.messages) inbox.put(message)
        changed()
        void report('delivered')
        if (inbox.invite !== null) emit('invite', inbox.invite)
        const { deviceToken: token } = registration
        const from = { server, token, cursor: page.cursor, signal: controller.signal }
        const onState = (next) => void (next === 'signed-out' ? signedOut() : setState(next))
        void listen(from, { message: take, typing: (seconds) => emit('typing', seconds), state: onState })
        return
      } catch (error) {
        if (!passes(error)) return signedOut()
        await pause(backoffMs(tries, error), controller.signal)
      }
    }
  }

  async function close() {
    listening?.abort()
    listening = null
    if (state !== 'closed') setState('closed')
  }

  async function loadEarlier() {
    if (earlier === null) return false
    const page = await asDevice('GET', `messages?before=${earlier}`)
    earlier = page.earlier
    for (const message of page.messages) inbox.put(message)
    changed()
    return earlier !== null
  }

  /** The same `clientId` at every try: however often it arrives, it is stored once. */
  async function deliver(clientId, text) {
    for (let tries = 1; ; tries++) {
      try {
        const message = await asDevice('POST', 'messages', { text, clientId })
        inbox.put(message)
        changed()
        return message
      } catch (error) {
        if (passes(error) && tries < mostTries) {
          await pause(backoffMs(tries, error))
          continue
        }
        inbox.fail(clientId)
        changed()
        throw error
      }
    }
  }

  function send(text) {
    const clientId = crypto.randomUUID()
    inbox.begin(clientId, text)
    changed()
    return deliver(clientId, text)
  }

  function sendAgain(clientId) {
    const message = inbox.outgoing(clientId)
    if (message === undefined) return Promise.resolve(null)
    inbox.begin(clientId, message.text)
    changed()
    return deliver(clientId, message.text)
  }

  function typing() {
    const now = Date.now()
    if (now - typedAt < typingEveryMs || registration === null) return
    typedAt = now
    asDevice('POST', 'typing').catch(() => {})
  }

  async function unregister(mode = 'all') {
    if (!(await restore())) return
    await asDevice('DELETE', `registration?mode=${mode}`).catch((error) => {
      if (!(error instanceof Refused) || error.status !== 401) throw error
    })
    inbox = new Inbox()
    await signedOut()
    changed()
  }

  return {
    ...{ restore, register, open, close, loadEarlier, send, sendAgain, typing, unregister },
    markRead: () => report('read'),
    on(event, listener) {
      const all = listeners.get(event) ?? new Set()
      listeners.set(event, all.add(listener))
      return () => void all.delete(listener)
    },
    get messages() {
      return inbox.messages
    },
    get invite() {
      return inbox.invite
    },
    get state() {
      return state
    },
    get platform() {
      return registration?.platform ?? null
    },
  }
}
