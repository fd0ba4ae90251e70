/** What scripts/reference.mjs writes pages from. */
export { buildProgram, EXIT_MEANINGS } from '../../src/cli/program.ts';
export { OBJECT_KINDS } from '../../src/database/object-kinds.ts';
export { EXIT, EXIT_CODE_OF } from '../../src/errors.ts';
