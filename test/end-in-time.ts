import { after } from 'node:test'
import { isMainThread } from 'node:worker_threads'

/*
 * Read before each test file (`scripts/test.ts`): when its tests are over, its process must be, too. A file whose `before`
 * failed closed nothing, its process never ended, and the whole run waited for it (seen once in 300 runs of a file).
 */
const patienceMs = 60_000

// Threads and forked servers of a test inherit this import, and are none of its business.
if (isMainThread && process.env.NODE_TEST_CONTEXT !== undefined && process.argv[1]?.endsWith('.test.ts') === true) {
  after(() => {
    setTimeout(() => {
      process.stderr.write(`${process.argv[1]} was over for a minute and did not end.\n`)
      process.exit(1)
    }, patienceMs).unref()
  })
}
