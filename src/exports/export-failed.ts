/** Why an export came to nothing, in a sentence for whoever asked for it. */
export class ExportFailed extends Error {
  /** Trying again would end the same way. */
  readonly forGood: boolean

  constructor(sentence: string, options: { forGood: boolean }) {
    super(sentence)
    this.name = 'ExportFailed'
    this.forGood = options.forGood
  }
}
