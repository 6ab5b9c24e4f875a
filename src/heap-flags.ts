/**
 * How V8 keeps a server's heap. Left to itself it takes a machine's memory for its own, and 320 MB after a load of eligibility
 * requests for 45 MB of live objects; with these it takes 180 MB, and 6 % of the requests (`npm run bench -- process`).
 */
export const heapFlags: readonly string[] = ['--max-semi-space-size=8', '--heap-growing-percent=30']
