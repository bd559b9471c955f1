import '@fontsource-variable/inter'
import '@mantine/core/styles.layer.css'
import './design/tokens.css'
import './design/base.css'
import { MantineProvider } from '@mantine/core'
import { QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { z } from 'zod'
import { cssVariables, theme } from './design/theme.ts'
import { router } from './router.tsx'
import { applyAppearance, useTheme } from './shell/appearance.ts'
import { queries } from './shell/ask.ts'

// The policy of the page allows no code from strings.
z.config({ jitless: true })
applyAppearance()

const nonce = document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce
const root = document.getElementById('root')
if (!root) throw new Error('index.html has no root')

/** Mantine knows two schemes; which of our three themes it is stands in the tokens. */
function Console() {
  return (
    <MantineProvider
      theme={theme}
      cssVariablesResolver={cssVariables}
      getStyleNonce={() => nonce ?? ''}
      forceColorScheme={useTheme() === 'light' ? 'light' : 'dark'}
    >
      <QueryClientProvider client={queries}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </MantineProvider>
  )
}

createRoot(root).render(
  <StrictMode>
    <Console />
  </StrictMode>,
)
