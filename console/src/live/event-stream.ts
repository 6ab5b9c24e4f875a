import { ApiFailure, Unreachable } from '../api.ts'

export interface StreamEvent {
  /** `message` when the server gave it no name. */
  readonly name: string
  readonly id: string
  readonly data: string
}

/** The server says something at least every 15 s; a line silent for longer than two of these is cut, whatever the browser thinks. */
const silenceMs = 40_000

/**
 * Reads server-sent events until the line ends, or `heard` says stop. Not by EventSource, which tells neither a refusal from a cut line nor
 * hears the comments by which a line shows that it is alive.
 * @throws ApiFailure when it was refused, Unreachable when it could not begin or was cut, AbortError when `signal` said so
 */
export async function readEventStream(
  path: string,
  signal: AbortSignal,
  heard: (event: StreamEvent) => 'stop' | undefined,
  /** Something came, if only a comment: the line is alive. */
  alive: () => void = () => {},
): Promise<void> {
  const silence = new AbortController()
  let timer = setTimeout(() => silence.abort(), silenceMs)
  try {
    const response = await fetch(path, {
      headers: { accept: 'text/event-stream' },
      credentials: 'same-origin',
      signal: AbortSignal.any([signal, silence.signal]),
    })
    if (!response.ok || response.body === null) throw await refusalIn(response)
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader()
    let stopped = false
    const parse = eventParser((event) => {
      if (!stopped && heard(event) === 'stop') stopped = true
    })
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return
      clearTimeout(timer)
      timer = setTimeout(() => silence.abort(), silenceMs)
      alive()
      parse(value)
      if (stopped) return await reader.cancel()
    }
  } catch (error) {
    if (signal.aborted || error instanceof ApiFailure) throw error
    throw new Unreachable(error)
  } finally {
    clearTimeout(timer)
  }
}

async function refusalIn(response: Response): Promise<ApiFailure> {
  const body = (await response.json().catch(() => ({}))) as Record<string, unknown>
  const text = (value: unknown, otherwise: string) => (typeof value === 'string' ? value : otherwise)
  return new ApiFailure(
    response.status,
    text(body.code, 'unreadable-answer'),
    text(body.title, 'The server did not open the stream of events.'),
    [],
    typeof body.requestId === 'string' ? body.requestId : null,
  )
}

/** Takes the stream in whatever pieces it comes, and tells each event once its empty line has come (WHATWG, server-sent events). */
export function eventParser(heard: (event: StreamEvent) => void): (piece: string) => void {
  let rest = ''
  let [name, id, data] = ['', '', [] as string[]]
  return (piece) => {
    const lines = (rest + piece).split('\n')
    rest = lines.pop()!
    for (const raw of lines) {
      const line = raw.replace(/\r$/, '')
      if (line === '') {
        if (data.length > 0 || name !== '') heard({ name: name === '' ? 'message' : name, id, data: data.join('\n') })
        ;[name, data] = ['', []]
        continue
      }
      const colon = line.indexOf(':')
      const field = colon < 0 ? line : line.slice(0, colon)
      const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '')
      if (field === 'event') name = value
      else if (field === 'data') data.push(value)
      else if (field === 'id') id = value
    }
  }
}
