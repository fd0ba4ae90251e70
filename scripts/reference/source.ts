/** What scripts/reference.mjs writes pages from. */
export { buildProgram, EXIT_MEANINGS } from '../../src/cli/program.ts';
export { configJsonSchema } from '../../src/config/json-schema.ts';
export { EXIT, EXIT_CODE_OF } from '../../src/errors.ts';
