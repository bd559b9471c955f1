/**
 * The tables that belong to a tenant, by name. Each slice adds its own in its `tables.ts`, by module augmentation,
 * so that the platform knows no slice; a test compares them with the live catalogue.
 */
// biome-ignore lint/suspicious/noEmptyInterface: filled by the slices
export interface TenantTables {}

/** The few tables without row-level security: what must be readable before the tenant is known. */
// biome-ignore lint/suspicious/noEmptyInterface: filled by the slices
export interface DirectoryTables {}
