import { expect, test } from 'vitest';
import { parseConfig } from '../../../src/config/parse.ts';
import { refusal } from '../../support/fixture-refusal.ts';

test.each(['constructor', 'toString', '__proto__', 'hasOwnProperty', 'valueOf'])(
  'the service name %s, which every object has, is refused',
  async (name) => {
    const text = `version: 1\nservices: { ${name}: { entry: 80 } }\n`;
    const error = await refusal(() => parseConfig(text, 'canary.yaml'));
    expect(error.code).toBe('config-invalid');
    expect(error.details.join()).toContain('is a name that canary cannot use');
  },
);
