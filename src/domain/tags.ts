import { isStorable } from './outside-data.ts'

export const tagLimits = { most: 20, longest: 40 }

/** Tags as they are kept: trimmed, each once whatever its case, in the order given; or each fault, a sentence. */
export function readTags(
  given: readonly string[],
): { readonly tags: readonly string[] } | { readonly faults: readonly string[] } {
  const faults: string[] = []
  const tags = new Map<string, string>()
  for (const one of given) {
    const tag = one.normalize('NFC').replace(/\s+/g, ' ').trim()
    if (tag === '' || [...tag].length > tagLimits.longest || !isStorable(tag) || /\p{Cc}|\p{Cf}/u.test(tag))
      faults.push(`A tag has 1 to ${tagLimits.longest} characters that can be seen.`)
    else if (!tags.has(tag.toLowerCase())) tags.set(tag.toLowerCase(), tag)
  }
  if (tags.size > tagLimits.most) faults.push(`A conversation has at most ${tagLimits.most} tags.`)
  return faults.length > 0 ? { faults: [...new Set(faults)] } : { tags: [...tags.values()] }
}
