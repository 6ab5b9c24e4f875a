/**
 * How V8 keeps a server's heap. Left to itself it takes a machine's memory for its own, and 320 MB after a load of eligibility
 * requests for 45 MB of live objects; with these it takes 205 MB (`npm run bench -- process`). Smaller still (8, 30) it takes
 * 180 MB, but collects it all every 5 seconds, and what comes meanwhile waits 40 ms and more (`npm run bench -- live`).
 */
export const heapFlags: readonly string[] = ['--max-semi-space-size=16', '--heap-growing-percent=60']
