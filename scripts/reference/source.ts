/** What scripts/reference.mjs writes pages from. */

export { EXAMPLES } from '../../src/cli/examples.ts';
export { pathOf, visibleCommands } from '../../src/cli/help-style.ts';
export { buildProgram, EXIT_MEANINGS } from '../../src/cli/program.ts';
export { configJsonSchema } from '../../src/config/json-schema.ts';
export { OBJECT_KINDS } from '../../src/database/object-kinds.ts';
export { EXIT, EXIT_CODE_OF } from '../../src/errors.ts';
