interface Release {
  readonly id: string
  readonly name: string
}

/** What says from a terminal what a rollout of a release would come to; it stores nothing. */
export const planCommand = ({ id, name }: Release): string =>
  `suture rollout plan --release ${id} --name '${name.replaceAll("'", '’')}' --wave each=6,soak=3600,sample=6 --wave percent=100`
