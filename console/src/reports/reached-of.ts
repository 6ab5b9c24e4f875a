import type { Step } from './figures.ts'
import type { Report } from './shapes.ts'

/** How many calls came at least as far as the step: who answered has read, whether the channel tells or not. */
export const reachedOf = ({ totals, losses }: Report, step: Step): number =>
  step === 'attempted' ? totals.attempted : (losses.find((one) => one.step === step)?.reached ?? totals[step])
