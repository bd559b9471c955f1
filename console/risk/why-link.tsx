import { Button } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { Glyph } from '../design/glyph.tsx'

interface Given {
  readonly of: { readonly device: string; readonly vulnerability: string }
  /** What is explained, for whoever hears the link alone. */
  readonly about: string
}

/** Opens the explanation of a finding beside the page. */
export const WhyLink = ({ of: { device, vulnerability }, about }: Given) => (
  <Button
    variant="subtle"
    size="sm"
    leftSection={<Glyph name="why" size={14} />}
    aria-label={`Why: ${about}`}
    renderRoot={(props) => (
      <Link
        {...props}
        from="/risk"
        to="."
        search={(before) => ({ ...before, why: vulnerability, on: device })}
        replace
        resetScroll={false}
        data-row
        aria-keyshortcuts="w"
      />
    )}
  >
    Why
  </Button>
)
