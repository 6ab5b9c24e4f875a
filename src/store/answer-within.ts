import { Unanswered } from './batch.ts'

/**
 * Gives up waiting after `milliseconds`: a database that hangs must not make a caller on the phone wait (promise P7).
 * The work itself goes on, and its late failure is nobody's. The statement's own limit does not help here: a database that
 * is frozen, or that no packet reaches, does not end its statements.
 * @throws Unanswered when the time is over; the caller reads `unavailable`.
 */
export async function answerWithin<T>(milliseconds: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const tooLate = new Promise<never>((_resolve, reject) => {
    const giveUp = () => reject(new Unanswered('The database did not answer in time.'))
    // In a process that stood still itself the answer may lie there, unread: sockets are read before this is called.
    timer = setTimeout(() => setImmediate(giveUp), milliseconds)
  })
  try {
    return await Promise.race([work, tooLate])
  } finally {
    clearTimeout(timer)
    work.catch(() => {})
  }
}
