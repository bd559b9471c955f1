export { type Claimant, Edge } from './edge.ts'
