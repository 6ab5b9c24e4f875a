import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto'

interface Cost {
  /** log2 of scrypt's N. */
  readonly ln: number
  readonly r: number
  readonly p: number
}

/** 32 MiB, three passes: one of the equal choices of the OWASP cheat sheet for scrypt, the one gentlest on memory. */
const cost: Cost = { ln: 15, r: 8, p: 3 }
/**
 * scrypt runs on libuv's four threads, which DNS look-ups and files share: at the start of a shift everybody signs in
 * at once, and sends must not wait for that (reliability PR-13).
 */
const atOnce = 2
/** At about eight a second, who would be further back has given up before the turn comes. */
const mostWaiting = 200

/** So many wait for the costly check that one more would only make it worse: try again in a few seconds. */
export class HashingBusy extends Error {}

/** Nobody's password: checking against it costs an unknown user exactly the time of a known one. */
const nobody = encode(cost, randomBytes(16), randomBytes(32))

/**
 * What is stored of a password: `$scrypt$ln=15,r=8,p=3$salt$hash`, so that the cost can grow and old hashes still be read.
 * @throws HashingBusy
 */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16)
  return encode(cost, salt, await derive(password, salt, cost))
}

/**
 * Whether the password is the one that was stored; `null` (no such user, no password set) takes as long and is false.
 * @throws HashingBusy
 */
export async function passwordMatches(password: string, stored: string | null): Promise<boolean> {
  const parsed = decode(stored ?? nobody)
  const found = await derive(password, parsed.salt, parsed.cost)
  return timingSafeEqual(found, parsed.hash) && stored !== null
}

function encode({ ln, r, p }: Cost, salt: Buffer, hash: Buffer): string {
  return `$scrypt$ln=${ln},r=${r},p=${p}$${salt.toString('base64url')}$${hash.toString('base64url')}`
}

function decode(stored: string): { cost: Cost; salt: Buffer; hash: Buffer } {
  const match = /^\$scrypt\$ln=(\d{1,2}),r=(\d{1,2}),p=(\d{1,2})\$([\w-]{22})\$([\w-]{43})$/.exec(stored)
  if (match === null) throw new Error('A stored password hash is not in a form this server knows.')
  const [, ln, r, p, salt, hash] = match
  return {
    cost: { ln: Number(ln), r: Number(r), p: Number(p) },
    salt: Buffer.from(salt!, 'base64url'),
    hash: Buffer.from(hash!, 'base64url'),
  }
}

let running = 0
const waiting: (() => void)[] = []

async function derive(password: string, salt: Buffer, { ln, r, p }: Cost): Promise<Buffer> {
  if (running >= atOnce) {
    if (waiting.length >= mostWaiting) throw new HashingBusy()
    // The turn is handed over by the one who ends, so `running` stays as it is.
    await new Promise<void>((resolve) => void waiting.push(resolve))
  } else running += 1
  try {
    const N = 2 ** ln
    return await new Promise<Buffer>((resolve, reject) => {
      // NFKC: the same password typed on another keyboard may come in another Unicode form.
      scrypt(password.normalize('NFKC'), salt, 32, { N, r, p, maxmem: 256 * N * r }, (error, key) =>
        error === null ? resolve(key) : reject(error),
      )
    })
  } finally {
    const next = waiting.shift()
    if (next === undefined) running -= 1
    else next()
  }
}
