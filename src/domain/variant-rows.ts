import type { Channel } from './channel.ts'
import type { Handoff, HandoffChannel } from './handoff.ts'
import type { Template } from './template.ts'
import type { VariantCount } from './variant-report.ts'

/**
 * What was counted of a handoff's variants, with what each says now: the handoff's own first, in its order, those never
 * sent with nothing; then those that it no longer has.
 * @param handoff undefined: it is gone.
 */
export function variantRows(
  handoff: Handoff | undefined,
  templates: ReadonlyMap<string, Template>,
  counts: readonly Pick<VariantCount, 'channel' | 'variant' | 'sent' | 'replied'>[],
): readonly VariantCount[] {
  const known = (handoff?.channels ?? []).flatMap((channel) => saidBy(channel, templates))
  const of = (channel: Channel, variant: string) => (one: { readonly channel: Channel; readonly variant: string }) =>
    one.channel === channel && one.variant === variant
  return [
    ...known.map((one) => ({ sent: 0, replied: 0, ...counts.find(of(one.channel, one.variant)), ...one })),
    ...counts
      .filter(({ channel, variant }) => !known.some(of(channel, variant)))
      .map((count) => ({ ...count, text: null, weight: null })),
  ]
}

function saidBy(
  channel: HandoffChannel,
  templates: ReadonlyMap<string, Template>,
): readonly Pick<VariantCount, 'channel' | 'variant' | 'text' | 'weight'>[] {
  const named = ({ name, weight }: { readonly name: string; readonly weight: number }, text: string | null) => ({
    ...{ channel: channel.channel, variant: name, text, weight },
  })
  if (channel.channel !== 'wa') return (channel.variants ?? []).map((variant) => named(variant, variant.text))
  return (channel.variants ?? []).map((variant) => named(variant, templates.get(variant.templateId)?.body ?? null))
}
