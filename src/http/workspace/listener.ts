import type { PassThrough } from 'node:stream'
import type { Viewer } from '../../domain/sight.ts'
import type { Telling } from './tell-events.ts'

/** A page that listens. */
export interface Listener extends Viewer {
  readonly stream: PassThrough
  readonly sessionToken: string
  /** The last number it was told, or had nothing to be told of. */
  cursor: number
}

/** What a page that reads nothing may leave waiting here, in bytes; it comes back and goes on where it was. */
const mostWaiting = 1024 * 1024

/**
 * Tells events in their order, in one write: each goes out by itself, and a reply brings two to everybody who sees it. Of one
 * number's texts only the last bears it: a page cut off between them is told all again.
 */
export function tell(listener: Listener, tellings: readonly Telling[]): void {
  let said = ''
  for (const telling of tellings) {
    if (telling.number <= listener.cursor) continue
    if (telling.restarts(listener)) {
      write(listener, said)
      restart(listener)
      return
    }
    const texts = telling.textsFor(listener)
    for (const [place, text] of texts.entries())
      said += `${place === texts.length - 1 ? `id: ${telling.number}\n` : ''}data: ${text}\n\n`
    listener.cursor = telling.number
  }
  write(listener, said)
}

/** The page has to read its snapshot again, and then comes back. */
export function restart(listener: Listener): void {
  write(listener, 'event: restart\ndata: {}\n\n')
  listener.stream.end()
}

export function write({ stream }: Listener, text: string): void {
  if (text === '' || stream.writableEnded || stream.destroyed) return
  // Looked at before: of what a page missed it gets one part at least, and comes further each time that it comes back.
  if (stream.writableLength + stream.readableLength > mostWaiting) stream.destroy()
  else stream.write(text)
}
