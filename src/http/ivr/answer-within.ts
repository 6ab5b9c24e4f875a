import { Problem } from '../../errors.ts'

/**
 * Gives up waiting after `milliseconds`: a database that hangs must not make a caller on the phone wait (promise P7).
 * The work itself goes on, and its late failure is nobody's.
 * @throws Problem `unavailable` when the time is over.
 */
export async function answerWithin<T>(milliseconds: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const tooLate = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Problem('unavailable', { headers: { 'retry-after': '1' } })), milliseconds)
  })
  try {
    return await Promise.race([work, tooLate])
  } finally {
    clearTimeout(timer)
    work.catch(() => {})
  }
}
