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

/** Tells events in their order. Of one number's texts only the last bears it: a page cut off between them is told all again. */
export function tell(listener: Listener, tellings: readonly Telling[]): void {
  for (const telling of tellings) {
    if (telling.number <= listener.cursor) continue
    if (telling.restarts(listener)) {
      restart(listener)
      return
    }
    const texts = telling.textsFor(listener)
    for (const [place, text] of texts.entries())
      write(listener, `${place === texts.length - 1 ? `id: ${telling.number}\n` : ''}data: ${text}\n\n`)
    listener.cursor = telling.number
  }
}

/** The page has to read its snapshot again, and then comes back. */
export function restart(listener: Listener): void {
  write(listener, 'event: restart\ndata: {}\n\n')
  listener.stream.end()
}

export function write({ stream }: Listener, text: string): void {
  if (stream.writableEnded || stream.destroyed) return
  stream.write(text)
  if (stream.writableLength + stream.readableLength > mostWaiting) stream.destroy()
}
