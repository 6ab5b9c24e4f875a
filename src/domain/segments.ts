/** GSM 03.38's alphabet; a text of only these takes 7 bits a character. */
const plain = new Set(
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà',
)
/** Its extension: each takes two places. */
const extended = new Set('^{}\\[~]|€\f')

/**
 * How many parts a text makes as SMS, each billed by itself (3GPP TS 23.038 and 23.040): 160 places of 7 bits in one, 153
 * in each of several; 70 and 67 of 16 bits when a single character is not in the alphabet. A pair never stands in two parts.
 */
export function segmentsIn(text: string): number {
  const signs = [...text]
  const short = signs.every((sign) => plain.has(sign) || extended.has(sign))
  const sizes = signs.map((sign) => (short ? (extended.has(sign) ? 2 : 1) : sign.length))
  const [single, part] = short ? [160, 153] : [70, 67]
  if (sizes.reduce((sum, size) => sum + size, 0) <= single) return 1
  let [count, used] = [1, 0]
  for (const size of sizes) {
    if (used + size > part) [count, used] = [count + 1, 0]
    used += size
  }
  return count
}
