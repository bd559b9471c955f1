interface Fact {
  readonly name: string
  readonly letter: string
  readonly holds: boolean
}

/** The row of the decision table in four letters: a capital holds, a small one does not; the title says it in words. */
export const Keat = ({ facts }: { readonly facts: readonly Fact[] }) => (
  <span
    className="keat"
    role="img"
    aria-label={facts.map(({ name, holds }) => `${name}: ${holds ? 'yes' : 'no'}`).join(', ')}
    title={facts.map(({ name, holds }) => `${name}: ${holds ? 'yes' : 'no'}`).join('\n')}
  >
    {facts.map(({ name, letter, holds }) => (
      <i key={name} className={holds ? 'y' : ''} aria-hidden="true">
        {holds ? letter.toUpperCase() : letter.toLowerCase()}
      </i>
    ))}
  </span>
)
