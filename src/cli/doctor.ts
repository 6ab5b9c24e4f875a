import { type Finding, doctor as look } from '../reports/doctor.ts'
import { type Command, exitCodes } from './command.ts'
import { onDeploymentDatabase } from './deployment-database.ts'

/** Checks the promises on the stored data and says what is wrong, if anything. */
export const doctor: Command = {
  name: 'doctor',
  about: 'Check on the stored data that nothing was lost, sent twice, or sent after an opt-out. Changes nothing.',
  async run({ env }) {
    const found = await onDeploymentDatabase(env, false, (db) => look(db))
    const grave = found.filter((finding) => finding.grave)
    const verdict =
      grave.length === 0 ? 'All promises hold on the stored data.' : 'Something is wrong. See docs/operating.md.'
    return {
      json: { ok: grave.length === 0, findings: found },
      text: [...found.map(textOf), verdict].join('\n\n'),
      ...(grave.length === 0 ? {} : { exitCode: exitCodes.failed }),
    }
  },
}

function textOf(finding: Finding): string {
  const examples = finding.examples.map(
    ({ accountId, subject, since }) =>
      `    account ${accountId}  ${subject}${since === null ? '' : `  since ${since.toISOString()}`}`,
  )
  const more = finding.total - finding.examples.length
  return [
    `${finding.grave ? '✗' : '·'} ${finding.promise}  ${finding.sentence} (${finding.total})`,
    ...examples,
    ...(more > 0 ? [`    and ${more} more`] : []),
  ].join('\n')
}
