import { ask, backoffMs, passes, pause } from './requests.js'

/** The server says something every 15 seconds; a connection that is silent for longer is dead and does not know it. */
const silentMs = 40_000

/**
 * Listens to the chat until `signal` ends it, coming back after every break where it was left.
 * `hears` gets `message`, `typing` and `state` (`connecting`, `live`, `signed-out`). Not an EventSource: that can send
 * no Authorization header, and a token has no business in an address.
 */
export async function listen({ server, token, cursor, signal }, hears) {
  let after = cursor
  for (let tries = 1; !signal.aborted; tries++) {
    hears.state('connecting')
    const attempt = new AbortController()
    const end = () => attempt.abort()
    signal.addEventListener('abort', end)
    let silence = setTimeout(end, silentMs)
    let failure
    try {
      const response = await ask(server, 'GET', 'stream', {
        token,
        headers: after === null ? {} : { 'last-event-id': after },
        signal: attempt.signal,
      })
      for await (const { event, id, data } of eventsOf(response.body, () => {
        clearTimeout(silence)
        silence = setTimeout(end, silentMs)
      })) {
        if (id !== null) after = id
        if (event === 'ready') {
          tries = 0
          hears.state('live')
        } else if (event === 'message') hears.message(JSON.parse(data))
        else if (event === 'typing') hears.typing(JSON.parse(data).seconds)
      }
    } catch (error) {
      failure = error
    } finally {
      clearTimeout(silence)
      signal.removeEventListener('abort', end)
    }
    if (signal.aborted) return
    if (failure !== undefined && !passes(failure)) return hears.state('signed-out')
    hears.state('connecting')
    await pause(backoffMs(Math.max(1, tries), failure), signal)
  }
}

/** Server-sent events as they come; comments only show that somebody is there. */
async function* eventsOf(body, onBytes) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader()
  let text = ''
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return
    onBytes()
    text += value
    for (let end = text.indexOf('\n\n'); end !== -1; end = text.indexOf('\n\n')) {
      const fields = new Map(
        text
          .slice(0, end)
          .split('\n')
          .map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trimStart()]),
      )
      text = text.slice(end + 2)
      if (fields.has('event'))
        yield { event: fields.get('event'), id: fields.get('id') ?? null, data: fields.get('data') ?? '{}' }
    }
  }
}
