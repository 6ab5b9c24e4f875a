/** GSM 03.38's alphabet; a text of only these takes 7 bits a character. */
const gsm = new Set(
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà',
)
/** Its extension: each takes two places. */
const gsmExtended = new Set('^{}\\[~]|€\f')

export interface Segments {
  /** How many text messages the carrier makes of it, and bills. */
  readonly count: number
  /** Places left in the last one. */
  readonly left: number
  readonly alphabet: 'GSM-7' | 'UCS-2'
  /** The characters that no plain text message carries, and which make all of it more expensive; at most three. */
  readonly costly: readonly string[]
}

/**
 * What a text costs as SMS (3GPP TS 23.038 and 23.040): 160 places of 7 bits, or 70 of 16 when a single character is not
 * in the alphabet; 153 and 67 in each part once there are several. A pair never stands in two parts.
 */
export function segmentsOf(text: string): Segments {
  const costly = [...new Set(text)].filter((one) => !gsm.has(one) && !gsmExtended.has(one))
  const plain = costly.length === 0
  // Units that stay together: an extended character, or a surrogate pair.
  const sizes = [...text].map((one) => (plain ? (gsmExtended.has(one) ? 2 : 1) : one.length))
  const whole = sizes.reduce((sum, size) => sum + size, 0)
  const [single, part] = plain ? [160, 153] : [70, 67]
  const known = { alphabet: plain ? 'GSM-7' : 'UCS-2', costly: costly.slice(0, 3) } as const
  if (whole <= single) return { ...known, count: 1, left: single - whole }
  let [count, used] = [1, 0]
  for (const size of sizes) {
    if (used + size > part) {
      count += 1
      used = 0
    }
    used += size
  }
  return { ...known, count, left: part - used }
}
