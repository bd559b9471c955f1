/** Commands for a terminal; what does not fit is scrolled to, by the keyboard too. */
export const Term = ({ commands }: { readonly commands: readonly string[] }) => (
  // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by the keyboard
  <pre className="term" tabIndex={0}>
    {commands.map((command) => `$ ${command}`).join('\n')}
  </pre>
)
