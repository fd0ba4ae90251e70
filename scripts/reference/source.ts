/** What scripts/reference.mjs writes pages of. */
export { buildProgram, EXIT_MEANINGS } from '../../src/cli/program.ts';
export { EXIT, EXIT_CODE_OF } from '../../src/errors.ts';
