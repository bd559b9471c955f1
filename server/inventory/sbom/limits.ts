/** As many components as one SBOM may list; nested ones count. Apart, because the sandbox loads it and no schemas. */
export const mostComponents = 50_000
