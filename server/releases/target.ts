/** Which bytes go on which revision of which model; an empty revision means all that are not named. */
export interface Target {
  readonly modelId: number
  readonly manufacturer: string
  readonly model: string
  readonly hardwareRevision: string
  /** In hex. */
  readonly sha256: string
}

/** The target that a device of this model and revision falls under; its own revision goes before all others. */
export const targetOf = <T extends Pick<Target, 'modelId' | 'hardwareRevision'>>(
  targets: readonly T[],
  modelId: number,
  hardwareRevision: string,
): T | undefined => {
  const ofModel = targets.filter((each) => each.modelId === modelId)
  return (
    ofModel.find((each) => each.hardwareRevision === hardwareRevision) ??
    ofModel.find((each) => each.hardwareRevision === '')
  )
}
