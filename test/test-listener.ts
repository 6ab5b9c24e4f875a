import type { TestServer } from './test-server.ts'
import type { TestUser } from './test-user.ts'

export interface TestListener {
  /** The unnamed events so far, parsed. */
  // biome-ignore lint/suspicious/noExplicitAny: a test looks into events of every shape
  readonly events: readonly any[]
  /** The named events so far: `ready`, `restart`, `signed-out`. */
  readonly named: readonly string[]
  /** The last number heard. */
  readonly number: number
  /** When everything up to this number was heard: all events so far. */
  // biome-ignore lint/suspicious/noExplicitAny: a test looks into events of every shape
  until(number: number): Promise<readonly any[]>
  /** When this becomes true of what was heard. */
  when(holds: (listener: TestListener) => boolean): Promise<void>
  /** When the stream has ended, however. */
  readonly ended: Promise<void>
  close(): void
}

/** Listens like a page: server-sent events over HTTP. @param after number to go on from, as `Last-Event-ID`. */
export async function testListener(
  server: Pick<TestServer, 'url'>,
  user: Pick<TestUser, 'sessionToken'>,
  after: number | null,
): Promise<TestListener> {
  const abort = new AbortController()
  const response = await fetch(`${server.url}/api/workspace/events`, {
    headers: {
      cookie: `c2m-session=${user.sessionToken}`,
      origin: server.url,
      ...(after === null ? {} : { 'last-event-id': String(after) }),
    },
    signal: abort.signal,
  })
  if (response.status !== 200) throw new Error(`listening was answered ${response.status}: ${await response.text()}`)
  const events: unknown[] = []
  const named: string[] = []
  const waiting = new Set<() => void>()
  let number = after ?? 0
  let over = false

  const hear = (block: string) => {
    const fields = new Map(
      block.split('\n').map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]),
    )
    const id = fields.get('id')
    if (id !== undefined) number = Number(id)
    const name = fields.get('event')
    const data = fields.get('data')
    if (name !== undefined) named.push(name)
    else if (data !== undefined) events.push(JSON.parse(data))
    for (const look of [...waiting]) look()
  }
  const listen = async () => {
    let text = ''
    for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
      text += chunk
      const blocks = text.split('\n\n')
      text = blocks.pop()!
      for (const block of blocks) hear(block)
    }
  }
  const listener: TestListener = {
    events: events as readonly unknown[],
    named,
    get number() {
      return number
    },
    async until(wanted) {
      await listener.when(() => number >= wanted)
      return listener.events
    },
    when: (holds) =>
      new Promise((resolve, reject) => {
        const look = () => {
          if (!holds(listener) && !over) return
          waiting.delete(look)
          if (holds(listener)) resolve()
          else reject(new Error(`The stream ended at ${number} before it came: ${named.join(', ')}`))
        }
        waiting.add(look)
        look()
      }),
    ended: listen()
      // A connection that is lost is an end like another: the page comes back.
      .catch(() => {})
      .finally(() => {
        over = true
        for (const look of [...waiting]) look()
      }),
    close: () => abort.abort(),
  }
  return listener
}
